// Charts of one connection, drawn from its path and the table.

import { duration, make, svg } from "./dom.js";

const left = 70, right = 370, width = 430;

// sequence returns a sequence chart as SVG. A path is a list of transitions; a
// connection that has not ended is in state.
export function sequence(table, path, state, ended) {
  const parts = [];
  const words = [];
  let y = 50;

  const note = (lines) => {
    const height = 8 + 16 * lines.length;
    parts.push(svg("rect", { class: "remark", x: 4, y, width: 2 * (left - 4), height, rx: 4 }));
    lines.forEach((line, i) => parts.push(svg("text", { class: i + 1 === lines.length ? "state" : "event", x: left, y: y + 17 + 16 * i }, line)));
    y += height + 12;
  };
  const arrow = (comes, text, kind) => {
    const [from, to] = comes ? [right, left] : [left, right];
    const tip = comes ? 1 : -1;
    y += 12;
    parts.push(svg("text", { class: `message ${kind}`, x: (left + right) / 2 + 10, y: y - 4 }, text));
    const end = kind === "cut" ? (from + to) / 2 + tip * -60 : to;
    parts.push(svg("path", { class: `arrow ${kind}`, d: `M${from},${y + 4}H${end}` }));
    parts.push(kind === "cut"
      ? svg("path", { class: "cross", d: `M${end - 5},${y - 1}l10,10m0,-10l-10,10` })
      : svg("path", { class: `tip ${kind}`, d: `M${end},${y + 4}l${8 * tip},-4v8z` }));
    y += 20;
    words.push(`${comes ? table.peer : table.role}: ${text}${kind === "cut" ? " (broken off)" : ""}`);
  };

  note([table.initial]);
  words.push(`in ${table.initial}`);
  for (const step of path) {
    const wire = table.wire(step.from);
    if (step.event === table.activities.get(step.from)?.ends) wire.whole.forEach((text) => arrow(wire.in, text, "whole"));
    else if (wire.cut) arrow(wire.in, wire.cut, "cut");
    note([step.event, `→ ${step.to}`]);
    words.push(`${step.event}, then in ${step.to}`);
  }
  if (!ended && !table.isTerminal(state)) {
    const wire = table.wire(state);
    if (wire.whole.length > 0) arrow(wire.in, `${wire.whole[0]} …`, "going");
  }
  const line = (x) => svg("path", { class: "life", d: `M${x},38V${y + 8}` });
  const end = (x, name) => [
    svg("rect", { class: "end", x: x - 44, y: 6, width: 88, height: 30, rx: 4 }),
    svg("text", { class: "name", x, y: 26 }, name),
  ];
  return svg("svg", {
    class: "sequence", viewBox: `0 0 ${width} ${y + 12}`, width, height: y + 12,
    role: "img", "aria-label": `Sequence chart. ${words.join(". ")}.`,
  }, line(left), line(right), ...end(left, table.role), ...end(right, table.peer), ...parts);
}

// timeline fills the body of a table with a row for each state that was
// visited. total is how long the connection has lasted.
export function timeline(body, table, path, state, total) {
  const stays = [];
  let since = 0, at = table.initial;
  for (const step of path) {
    stays.push({ state: step.from, from: since, to: step.since, event: step.event, good: step.event === table.activities.get(step.from)?.ends });
    since = step.since;
    at = step.to;
  }
  if (!table.isTerminal(at) && !table.isTerminal(state)) stays.push({ state: at, from: since, to: total, event: "", good: true });
  const all = Math.max(total, since, 1e-9);
  body.replaceChildren(...stays.map((s) => make("tr", {},
    make("th", { scope: "row", textContent: s.state }),
    make("td", { className: "number", textContent: duration(s.to - s.from) }),
    make("td", { className: "share" }, svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", { class: "whole", x: 0, y: 0, width: 100, height: 10 }),
      svg("rect", { class: s.good ? "good" : "bad", x: 100 * s.from / all, y: 0, width: Math.max(100 * (s.to - s.from) / all, 0.8), height: 10 }))),
    make("td", { textContent: s.event || "…" }))));
}
