// Learned: a machine that "accio learn" has written, stepped through beside the
// one of the table.

import { $, make, say } from "./dom.js";

const schema = "accio-machine/1";

export class Learned {
  constructor(role) {
    this.role = role;
    $("learned-file").addEventListener("change", (e) => this.open(e.target.files[0]));
    $("learned-reset").addEventListener("click", () => this.begin());
  }

  // draw shows both machines on a diagram from now on.
  draw(diagram) {
    this.diagram = diagram;
    diagram.rename("l-");
    if (this.model) this.show();
  }

  async open(file) {
    if (!file) return;
    try {
      const model = JSON.parse(await file.text());
      if (model.schema !== schema || !model.machine) throw new Error(`its schema is ${JSON.stringify(model.schema)}, wanted "${schema}" with a machine`);
      if (model.role !== this.role) throw new Error(`it is a ${model.role}, and this is the table of the ${this.role}`);
      this.model = model;
    } catch (error) {
      say($("learned-live"), `${file.name} cannot be opened: ${error.message}`);
      return;
    }
    $("learned-inputs").replaceChildren(...this.model.machine.inputs.map((input) => {
      const button = make("button", { type: "button", textContent: input });
      button.dataset.input = input;
      button.addEventListener("click", () => this.press(input));
      return make("li", {}, button);
    }));
    $("learned").hidden = false;
    say($("learned-name"), this.model.command.join(" "));
    this.begin();
  }

  begin() {
    this.at = { program: 0, table: 0 };
    $("learned-steps").replaceChildren();
    say($("learned-live"), `Begun: the program ${this.model.greeting}.`);
    this.show();
  }

  press(input) {
    const program = this.model.machine.edges[this.at.program][input];
    const table = this.model.specified.edges[this.at.table][input];
    this.at = { program: program.to, table: table.to };
    const same = program.output === table.output;
    const text = same ? `both: ${program.output}` : `the program: ${program.output}; the table: ${table.output}`;
    $("learned-steps").append(make("li", { className: same ? "" : "differs" }, `${same ? "" : "≠ "}${input} → ${text}`));
    say($("learned-live"), `After ${input}, ${text}.`);
    this.show();
  }

  // show marks where both are; one that is in no state of the table is told in
  // words.
  show() {
    if (!this.diagram.root.isConnected) $("learned-diagram").replaceChildren(this.diagram.root);
    const program = this.model.states[this.at.program].split(",")[0], table = this.model.places[this.at.table];
    say($("learned-program"), this.model.states[this.at.program]);
    say($("learned-table"), table);
    for (const [name, g] of this.diagram.states) {
      g.classList.toggle("here", name === table);
      g.classList.toggle("there", name === program);
    }
  }
}
