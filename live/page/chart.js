// Charts of one connection, drawn from its path and the table.

import { count, duration, make, svg } from "./dom.js";

const left = 70, right = 370, width = 430;

const lineLength = 38; // letters beside a remark

function wrapped(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    if (lines.at(-1).length + word.length > lineLength) lines.push("");
    lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines;
}

// sequence returns a sequence chart as SVG: what each event of a path, a list of
// transitions, proves to have been sent or to have arrived. A connection that
// has not ended is in state; known is what else is known of it, for Table.wire.
export function sequence(table, path, state, known = {}) {
  const parts = [];
  const words = [];
  let y = 50;

  const note = (lines, beside = "", kind = "") => {
    const more = beside ? wrapped(beside) : [];
    const height = 8 + 16 * lines.length;
    parts.push(svg("rect", { class: "remark", x: 4, y, width: 2 * (left - 4), height, rx: 4 }));
    lines.forEach((line, i) => parts.push(svg("text", { class: i + 1 === lines.length ? "state" : "event", x: left, y: y + 17 + 16 * i }, line)));
    more.forEach((line, i) => parts.push(svg("text", { class: `beside ${kind}`, x: 2 * left + 4, y: y + 17 + 16 * i }, line)));
    y += Math.max(height, 8 + 16 * more.length) + 12;
  };
  const arrow = ({ comes, text, bad, going }) => {
    const [from, to] = comes ? [right, left] : [left, right];
    const kind = bad ? "bad" : going ? "going" : "";
    y += 12;
    parts.push(svg("text", { class: `message ${kind}`, x: (left + right) / 2 + 10, y: y - 4 }, text));
    parts.push(svg("path", { class: `arrow ${kind}`, d: `M${from},${y + 4}H${to}` }));
    parts.push(svg("path", { class: `tip ${kind}`, d: `M${to},${y + 4}l${comes ? 8 : -8},-4v8z` }));
    y += 20;
    words.push(`${comes ? table.peer : table.role}: ${text}`);
  };

  const now = table.isTerminal(state) ? "" : `now ${table.work(state)}`;
  note([table.initial], path.length === 0 ? now : "", "going");
  words.push(`in ${table.initial}`);
  path.forEach((step, i) => {
    const last = i + 1 === path.length && !known.more;
    const wire = table.wire(step.from, step.event, known);
    wire.forEach(arrow);
    const reason = last && known.reason ? known.reason : "";
    const beside = wire.some((w) => w.text === reason) ? "" : reason; // which the arrow says already
    note([step.event, `→ ${step.to}`], last ? beside || now : "", beside ? "bad" : "going");
    words.push(`${step.event}, then in ${step.to}${beside && `: ${beside}`}`);
  });
  if (known.more) {
    const reason = known.reason ?? "";
    note([`${count(known.more)} more`, `→ ${state}`], reason || now, reason ? "bad" : "going");
    words.push(`${count(known.more)} more events, then in ${state}${reason && `: ${reason}`}`);
  }
  if (now) {
    if (known.bytes > 0) arrow({ comes: true, text: "bytes …", going: true });
    words.push(now);
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
// visited. total is how long the connection has lasted, more how many events
// came after those of the path.
export function timeline(body, table, path, state, total, more = 0) {
  const stays = [];
  let since = 0, at = table.initial;
  for (const step of path) {
    stays.push({ state: step.from, from: since, to: step.since, event: step.event, good: step.event === table.activities.get(step.from)?.ends });
    since = step.since;
    at = step.to;
  }
  if (more > 0) stays.push({ state: "…", from: since, to: total, event: `${count(more)} more`, good: true });
  else if (!table.isTerminal(at) && !table.isTerminal(state)) stays.push({ state: at, from: since, to: total, event: "", good: true });
  const all = Math.max(total, since, 1e-9);
  body.replaceChildren(...stays.map((s) => make("tr", {},
    make("th", { scope: "row", textContent: s.state }),
    make("td", { className: "number", textContent: duration(s.to - s.from) }),
    make("td", { className: "share" }, svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", { class: "whole", x: 0, y: 0, width: 100, height: 10 }),
      svg("rect", { class: s.good ? "good" : "bad", x: 100 * s.from / all, y: 0, width: Math.max(100 * (s.to - s.from) / all, 0.8), height: 10 }))),
    make("td", { textContent: s.event || "…" }))));
}
