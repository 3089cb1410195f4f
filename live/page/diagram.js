// A state diagram of the page: finds states, arrows and events in the SVG, and
// lights them.

import { count, say, svg } from "./dom.js";

const key = (...names) => names.join("\n");

export class Diagram {
  constructor(root) {
    this.root = root;
    this.states = new Map();
    this.edges = new Map();
    this.events = new Map();
    for (const g of root.querySelectorAll(".state")) this.states.set(g.dataset.state, g);
    for (const g of root.querySelectorAll(".edge")) this.edges.set(key(g.dataset.from, g.dataset.to), g);
    for (const g of root.querySelectorAll(".event")) this.events.set(key(g.dataset.from, g.dataset.event), g);
  }

  // rename gives the ids a prefix, for a second picture in the page; title and
  // description are the first one's.
  rename(prefix) {
    this.root.removeAttribute("aria-labelledby");
    this.root.querySelector("title")?.remove();
    this.root.querySelector("desc")?.remove();
    for (const e of this.root.querySelectorAll("[id]")) e.id = prefix + e.id;
  }

  event(from, event) {
    return this.events.get(key(from, event));
  }

  // counts writes how often each transition was taken.
  counts(transitions) {
    for (const t of transitions) {
      const g = this.event(t.from, t.event);
      if (!g) continue;
      say(g.querySelector(".count"), count(t.count));
      g.classList.toggle("never", t.count === 0);
    }
  }

  // sessions writes how many connections are in each state.
  sessions(numbers) {
    for (const [state, g] of this.states) {
      const n = numbers[state] ?? 0;
      g.classList.toggle("lit", n > 0);
      let badge = g.querySelector(".badge");
      if (n > 0 && !badge) {
        badge = this.badge(g);
        g.append(badge);
      }
      if (badge) {
        badge.classList.toggle("none", n === 0);
        if (n > 0) say(badge.querySelector("text"), count(n));
      }
    }
  }

  badge(g) {
    // What is hidden has no getBBox.
    const [left, y, width] = ["x", "y", "width"].map((name) => Number(g.querySelector(".box").getAttribute(name)));
    const x = left + width - 24;
    return svg("g", { class: "badge" },
      svg("rect", { x: x - 18, y: y - 11, width: 36, height: 22, rx: 11 }),
      svg("text", { x, y: y + 5 }));
  }

  // select lights the path of a connection: its steps, the last of them, and
  // where it is.
  select(path, state) {
    const steps = new Set(path.map((s) => key(s.from, s.event)));
    const edges = new Set(path.map((s) => key(s.from, s.to)));
    const last = path.at(-1);
    for (const [k, g] of this.events) {
      g.classList.toggle("taken", steps.has(k));
      g.classList.toggle("last", last !== undefined && k === key(last.from, last.event));
    }
    for (const [k, g] of this.edges) {
      g.classList.toggle("taken", edges.has(k));
      g.classList.toggle("last", last !== undefined && k === key(last.from, last.to));
    }
    for (const [name, g] of this.states) g.classList.toggle("here", name === state);
  }

  // reveal scrolls a box that is too narrow for the diagram to the state that is
  // lit and the label of the step that led there; the state has precedence.
  reveal(box) {
    if (box.scrollWidth <= box.clientWidth) return;
    for (const g of this.root.querySelectorAll(".event.last, .state.here")) this.scrollTo(box, g);
    const here = this.root.querySelector(".state.here");
    if (here) this.scrollTo(box, here);
  }

  scrollTo(box, g) {
    const gap = 8;
    const { left, right } = g.getBoundingClientRect(), room = box.getBoundingClientRect();
    if (right + gap > room.right) box.scrollLeft += right + gap - room.right;
    if (left - gap < room.left) box.scrollLeft += left - gap - room.left;
  }
}
