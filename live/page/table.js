// A transition table, as /api/table/ROLE tells it, and what can be asked of it.

import { count } from "./dom.js";

// visible returns text with what cannot be seen escaped, as in the diagram.
export function visible(text) {
  return text.replace(/[\\\r\n\t]/g, (c) => ({ "\\": "\\\\", "\r": "\\r", "\n": "\\n", "\t": "\\t" })[c]);
}

export class Table {
  constructor(json) {
    Object.assign(this, json);
    this.activities = new Map(json.states.map((s) => [s.name, s.activity]));
  }

  static async fetch(role) {
    const answer = await fetch(`api/table/${encodeURIComponent(role)}`);
    if (!answer.ok) throw new Error(`no table of the ${role}: ${answer.status}`);
    return new Table(await answer.json());
  }

  isTerminal(state) {
    return this.terminal.includes(state);
  }

  // next returns the state that event leads to, or undefined.
  next(state, event) {
    return this.transitions.find((t) => t.from === state && t.event === event)?.to;
  }

  possible(state) {
    return this.events.filter((e) => this.next(state, e) !== undefined);
  }

  // goodEnd returns where it ends if everything goes as it should; where that is
  // a circle, the first of the good ends.
  goodEnd() {
    let state = this.initial;
    for (const _ of this.states) state = this.next(state, this.activities.get(state)?.ends) ?? state;
    return this.isTerminal(state) ? state : this.good[0];
  }

  // run returns the shortest run to state, as transitions, or undefined.
  run(goal) {
    const reached = new Map([[this.initial, []]]);
    const queue = [this.initial];
    while (queue.length > 0 && !reached.has(goal)) {
      const from = queue.shift();
      for (const t of this.transitions.filter((t) => t.from === from && !reached.has(t.to))) {
        reached.set(t.to, [...reached.get(from), t]);
        queue.push(t.to);
      }
    }
    return reached.get(goal);
  }

  // work says what is done in a state.
  work(state) {
    const a = this.activities.get(state);
    const text = a && visible(a.text);
    switch (a?.action) {
      case undefined: return "nothing: the connection has ended";
      case "write": return `writes ${text}`;
      case "expect": return `reads, and expects ${text}`;
      case "count": return `counts bytes until the ${this.peer} ends its stream`;
      case "upload": return "writes the file, then ends its stream";
      case "drain": return `waits until the ${this.peer} ends its stream`;
    }
    return a.action;
  }

  // why says why event is not possible in state.
  why(state, event) {
    if (this.isTerminal(state)) return `${state} is an end: nothing follows.`;
    const where = this.transitions.filter((t) => t.event === event).map((t) => t.from);
    return `In ${state} the ${this.role} ${this.work(state)}. That cannot end with “${event}”, which ends the work of ${where.join(", ")}.`;
  }

  // where says in a few words where event is possible, if not in state.
  where(state, event) {
    if (this.isTerminal(state)) return `${state} is an end`;
    return `only in ${this.transitions.filter((t) => t.event === event).map((t) => t.from).join(", ")}`;
  }

  // wire returns what is known to have been on the wire when event has ended the
  // activity of state, each as whether it comes in, its text and, if it may not
  // stand there, bad. bytes is how much payload came, undefined in a run of
  // nobody's; reason is what the server says of an ERROR.
  wire(state, event, { bytes, reason } = {}) {
    const a = this.activities.get(state);
    const comes = (text, bad = false) => ({ comes: true, text, bad }), goes = (text) => ({ comes: false, text });
    const payload = bytes === undefined ? [comes("file")] : bytes > 0 ? [comes(`${count(bytes)} ${bytes === 1 ? "byte" : "bytes"}`)] : [];
    const seen = a?.action === "count" && (bytes !== undefined || event === a.ends) ? payload : [];
    if (event === a?.ends) {
      switch (a.action) {
        case "write": return [goes(visible(a.text))];
        case "expect": return [comes(visible(a.text))];
        case "upload": return [goes("file"), goes("end of stream")];
        case "count": case "drain": return [...seen, comes("end of stream")];
      }
    }
    if (event === "mismatched") return [comes(reason ?? "a byte that may not stand there", true)];
    if (event === "closed") return [...seen, comes("end of stream", true)];
    return seen;
  }
}
