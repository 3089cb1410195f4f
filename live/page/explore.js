// Explore: a machine of the reader's own, run on the server's table.

import { sequence } from "./chart.js";
import { $, make, room, say } from "./dom.js";

const pace = 900; // milliseconds between the steps of a run that is shown

export class Explore {
  constructor(table, story) {
    this.table = table;
    this.path = []; // the transitions taken
    this.first = story; // may be undefined
    this.story = undefined; // the steps of what is being shown, and the place in them
    this.buttons();
    this.goals();
    this.rooms();
    document.addEventListener("keydown", (e) => {
      if (!$("explore").hidden) this.key(e); // wherever the focus is
    });
    $("undo").addEventListener("click", () => this.undo());
    $("reset").addEventListener("click", () => this.reset());
    $("run").addEventListener("click", () => (this.timer ? this.stop() : this.showGoal()));
    $("story-begin").addEventListener("click", () => this.turn(0));
    $("story-back").addEventListener("click", () => this.turn((this.story.at ?? 0) - 1));
    $("story-next").addEventListener("click", () => this.turn((this.story.at ?? -1) + 1));
    this.tellFirst();
    this.tellState(`Begun in ${table.initial}.`);
  }

  // draw shows the machine on a diagram from now on.
  draw(diagram) {
    this.diagram = diagram;
    diagram.rename("x-");
    diagram.root.setAttribute("role", "group");
    diagram.root.setAttribute("aria-label", "State diagram");
    $("explore-diagram").replaceChildren(diagram.root);
    this.labels();
    this.show();
  }

  get state() {
    return this.path.at(-1)?.to ?? this.table.initial;
  }

  // buttons makes a button for each event; the first nine have a key, their place
  // in the table.
  buttons() {
    this.events = new Map();
    this.table.events.forEach((event, i) => {
      const why = make("span", { className: "why", id: `why-${i}` });
      const button = make("button", { type: "button" }, ...(i < 9 ? [make("kbd", { textContent: i + 1 }), " "] : []), event);
      button.setAttribute("aria-describedby", why.id);
      button.dataset.event = event;
      button.addEventListener("click", () => this.fire(event));
      this.events.set(event, { button, why });
      $("events").append(make("li", {}, button, make("span", { className: "roomy" }, why)));
      room(why, this.table.states.map((s) => this.leads(s.name, event)));
    });
  }

  // rooms reserves the room of what varies between the controls.
  rooms() {
    const { table } = this;
    const states = table.states.map((s) => s.name);
    room($("now-work"), states.map((s) => this.work(s)));
    room($("explore-live"), [
      ...states.flatMap((s) => table.events.map((e) => this.refusal(s, e))),
      ...table.transitions.map((t) => this.following(`${t.event}: from ${t.from} to ${t.to}.`, t.to)),
    ]);
  }

  work(state) {
    const { table } = this;
    return table.isTerminal(state) ? table.why(state, "") : `Here the ${table.role} ${table.work(state)}. How that ends is the event:`;
  }

  leads(state, event) {
    const to = this.table.next(state, event);
    return to === undefined ? this.table.where(state, event) : `leads to ${to}`;
  }

  refusal(state, event) {
    return `Not now. ${this.table.why(state, event)}`;
  }

  following(what, state) {
    const possible = this.table.possible(state);
    return `${what} ${possible.length > 0 ? `Possible now: ${possible.join(", ")}.` : `${state} is an end.`}`;
  }

  // labels makes buttons of the labels in the diagram.
  labels() {
    for (const g of this.diagram.events.values()) {
      const { from, event, to } = g.dataset;
      g.setAttribute("role", "button");
      g.setAttribute("aria-label", `${event}: ${from} to ${to}`);
      const act = () => (from === this.state ? this.fire(event) : this.tell(this.elsewhere(from, event)));
      g.addEventListener("click", act);
      g.addEventListener("keydown", (e) => {
        if (e.key !== "Enter" && e.key !== " ") return;
        e.preventDefault();
        act();
      });
    }
  }

  elsewhere(from, event) {
    const also = this.table.next(this.state, event) ? ` The “${event}” of ${this.state} is possible.` : "";
    return `Not now: this arrow begins in ${from}, and the machine is in ${this.state}.${also}`;
  }

  goals() {
    const states = make("optgroup", { label: "a state" });
    for (const s of this.table.states) states.append(make("option", { value: s.name, textContent: s.name }));
    const last = make("optgroup", { label: "a certain step" });
    this.table.transitions.forEach((t, i) => {
      if (this.table.isTerminal(t.to)) last.append(make("option", { value: `#${i}`, textContent: `${t.to}, by ${t.event} in ${t.from}` }));
    });
    $("goal").append(states, last);
    if (this.first) $("goal").append(make("optgroup", { label: "a story" }, make("option", { value: "?", textContent: this.first.title })));
    $("goal").value = this.table.goodEnd();
  }

  key(e) {
    if (e.ctrlKey || e.altKey || e.metaKey || e.target.closest("select, input")) return;
    const event = this.table.events[Number(e.key) - 1];
    if (event) this.fire(event);
    else if (e.key === "u") this.undo();
    else if (e.key === "r") this.reset();
    else return;
    e.preventDefault();
  }

  // fire takes a step of the reader's own; where there is none it says why.
  fire(event) {
    this.stop();
    const from = this.state;
    if (!this.take(event)) return this.tell(this.refusal(from, event));
    this.leaveStory();
    this.show();
    this.tellState(`${event}: from ${from} to ${this.state}.`);
  }

  take(event) {
    const from = this.state, to = this.table.next(from, event);
    if (to === undefined) return false;
    this.path.push({ from, event, to });
    return true;
  }

  undo() {
    this.stop();
    const step = this.path.pop();
    if (!step) return this.tell("Nothing has happened yet.");
    this.leaveStory();
    this.show();
    this.tellState(`Taken back: ${step.event}.`);
  }

  reset() {
    this.stop();
    this.path = [];
    this.leaveStory();
    this.show();
    this.tellState("Begun anew.");
  }

  // showGoal plays the shortest run to what was asked for.
  showGoal() {
    const goal = $("goal").value;
    if (goal === "?") {
      this.tellFirst();
      return this.play();
    }
    if (this.tellRun(goal)) this.play();
  }

  // tellRun tells the shortest run to a goal; false if there is none.
  tellRun(goal) {
    const last = goal.startsWith("#") ? this.table.transitions[Number(goal.slice(1))] : undefined;
    const way = this.table.run(last?.from ?? goal);
    if (!way) {
      this.tell(`No run ends in ${goal}.`);
      return false;
    }
    const run = last ? [...way, last] : way;
    const title = last ? `The shortest run to ${last.to} by ${last.event} in ${last.from}` : `The shortest run to ${goal}`;
    this.tellStory(title, [
      { what: "begins", state: this.table.initial },
      ...run.map((t) => ({ who: this.table.role, what: t.event, event: t.event, state: t.to })),
    ]);
    return true;
  }

  // tellFirst tells the story that the server has, or else a good session.
  tellFirst() {
    if (this.first) this.tellStory(this.first.title, this.first.steps);
    else this.tellRun(this.table.goodEnd());
  }

  tellStory(title, steps) {
    this.stop();
    this.story = { title, steps, at: undefined };
    say($("story-title"), title);
    $("story").replaceChildren(...steps.map((s) => make("li", {},
      make("span", { className: "what", textContent: [s.who && `${s.who}:`, s.what].filter(Boolean).join(" ") }),
      make("span", { className: "note", textContent: s.note ?? "" }))));
    this.storyControls();
  }

  // leaveStory forgets the place in the story: the reader has gone elsewhere.
  leaveStory() {
    this.story.at = undefined;
    this.storyControls();
  }

  // turn puts the machine where the story is after its step at.
  turn(at) {
    this.stop();
    if (at < 0) this.tell("There is no step before.");
    else if (at >= this.story.steps.length) this.tell("This is the last step.");
    else this.goTo(at);
  }

  goTo(at) {
    const { steps } = this.story;
    this.path = [];
    for (const s of steps.slice(0, at + 1)) {
      if (s.event && !this.take(s.event)) return this.tell(`The table has no such step: ${this.table.why(this.state, s.event)}`);
    }
    const step = steps[at];
    if (step.state !== this.state) return this.tell(`The story says ${step.state}, the table ${this.state}.`);
    this.story.at = at;
    this.storyControls();
    this.show();
    this.tell([step.who && `${step.who}:`, `${step.what}.`, `The ${this.table.role} is in ${this.state}.`].filter(Boolean).join(" "));
    if (step.note) $("explore-live").append(make("span", { className: "hidden", textContent: ` ${step.note}` })); // it can be seen in the list
  }

  play() {
    this.stop();
    this.goTo(0);
    this.timer = setInterval(() => {
      const next = (this.story.at ?? this.story.steps.length) + 1;
      if (next < this.story.steps.length) this.goTo(next);
      if (next + 1 >= this.story.steps.length) this.stop();
    }, pace);
    say($("run"), "Stop");
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    say($("run"), "Show");
  }

  storyControls() {
    const { at, steps } = this.story;
    // Not disabled, which would take the focus from them.
    $("story-back").setAttribute("aria-disabled", !(at > 0));
    $("story-next").setAttribute("aria-disabled", at + 1 >= steps.length);
    say($("story-place"), at === undefined ? "" : `step ${at + 1} of ${steps.length}`);
    [...$("story").children].forEach((li, i) => {
      li.classList.toggle("now", i === at);
      if (i === at) li.setAttribute("aria-current", "step");
      else li.removeAttribute("aria-current");
    });
  }

  show() {
    const { table, state } = this;
    say($("now"), state);
    say($("now-work"), this.work(state));
    for (const [event, { button, why }] of this.events) {
      button.setAttribute("aria-disabled", table.next(state, event) === undefined);
      button.classList.toggle("good", event === table.activities.get(state)?.ends);
      say(why, this.leads(state, event));
    }
    for (const g of this.diagram.events.values()) {
      const now = g.dataset.from === state;
      g.classList.toggle("possible", now);
      g.classList.toggle("impossible", !now);
      g.setAttribute("aria-disabled", !now);
      g.setAttribute("tabindex", now ? 0 : -1);
    }
    this.diagram.select(this.path, state);
    this.diagram.reveal($("explore-diagram"));
    $("undo").setAttribute("aria-disabled", this.path.length === 0);
    $("history").replaceChildren(make("li", { textContent: `begun in ${table.initial}` }),
      ...this.path.map((s) => make("li", { textContent: `${s.event} → ${s.to}` })));
    $("explore-chart").replaceChildren(sequence(table, this.path, state));
  }

  tellState(what) {
    this.tell(this.following(what, this.state));
  }

  tell(text) {
    say($("explore-live"), text);
  }
}
