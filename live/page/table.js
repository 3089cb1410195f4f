// A transition table, as /api/table/ROLE tells it, and what can be asked of it.

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
    const answer = await fetch(`api/table/${role}`);
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

  // goodEnd returns where it ends if everything goes as it should.
  goodEnd() {
    let state = this.initial;
    for (const _ of this.states) state = this.next(state, this.activities.get(state)?.ends) ?? state;
    return state;
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

  // wire returns what the activity of a state has on the wire: whether it comes
  // in, the messages if it ends as it should, and one for any other end.
  wire(state) {
    const a = this.activities.get(state);
    const text = a && visible(a.text);
    switch (a?.action) {
      case "write": return { in: false, whole: [text], cut: `not the whole ${text}` };
      case "expect": return { in: true, whole: [text], cut: `not the whole ${text}` };
      case "count": return { in: true, whole: ["file", "end of stream"], cut: "bytes, no end of stream" };
      case "upload": return { in: false, whole: ["file", "end of stream"], cut: "not the whole file" };
      case "drain": return { in: true, whole: ["end of stream"], cut: "no end of stream" };
    }
    return { in: false, whole: [], cut: "" };
  }
}
