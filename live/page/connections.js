// The list of connections: a table of which one row is selected.

import { count, duration, make, rate, say } from "./dom.js";

// header says how much of the text that is expected has come, and what is missing of it.
export function header(c) {
  if (!c.expected) return [];
  return [`${count(c.arrived)} of ${count(c.expected)} bytes`, c.missing].filter(Boolean);
}

// meanRate is bytes a second of a connection that has ended; 0 where it was too
// short, and had too little, for that to say anything.
export function meanRate(c) {
  return c.seconds >= 0.1 || c.bytes >= 2 ** 20 && c.seconds > 0 ? c.bytes / c.seconds : 0;
}

export class Connections {
  constructor(body, choose) {
    this.body = body;
    this.choose = choose;
    this.rows = new Map(); // by connection
    body.addEventListener("keydown", (e) => this.move(e));
    body.addEventListener("click", (e) => {
      const row = this.rows.get(Number(e.target.closest("tr")?.dataset.connection));
      if (!row) return;
      row.button.focus();
      choose(row.connection);
    });
  }

  // show lists those in service, then those that have ended. elapsed says how
  // long one has lasted.
  show(serving, recent, selected, elapsed) {
    const list = [...serving, ...recent];
    const wanted = new Set(list.map((c) => c.connection));
    for (const [number, row] of this.rows) {
      if (wanted.has(number)) continue;
      if (row.tr.contains(document.activeElement)) this.lost = true;
      row.tr.remove();
      this.rows.delete(number);
    }
    let place = this.body.firstElementChild;
    for (const c of list) {
      let row = this.rows.get(c.connection);
      if (!row || row.connection.remote !== c.remote || row.connection.started !== c.started) {
        if (row?.tr === place) place = place.nextElementSibling;
        if (row?.tr.contains(document.activeElement)) this.lost = true;
        row?.tr.remove();
        row = this.row(c);
        this.rows.set(c.connection, row);
      }
      if (row.tr === place) place = place.nextElementSibling;
      else this.body.insertBefore(row.tr, place);
      this.fill(row, c, elapsed(c), c.connection === selected);
    }
    while (place) {
      const next = place.nextElementSibling;
      place.remove(); // what the server wrote into the page
      place = next;
    }
    this.tabStop();
    if (this.lost) this.body.querySelector('button[tabindex="0"]')?.focus();
    this.lost = false;
  }

  row(connection) {
    const button = make("button", { type: "button", className: "pick", textContent: connection.connection });
    const cells = ["number", "peer", "result", "number", "number wide", "number"].map((className) => make("td", { className }));
    const tr = make("tr", {}, ...cells);
    button.setAttribute("aria-label", `Show connection ${connection.connection}`);
    cells[0].append(button);
    cells[2].append(make("span"));
    const port = connection.remote.lastIndexOf(":");
    cells[1].append(connection.remote.slice(0, port), make("wbr"), connection.remote.slice(port));
    tr.dataset.connection = connection.connection;
    return { tr, button, cells, connection };
  }

  fill(row, c, elapsed, selected) {
    const [, , result, bytes, speed, time] = row.cells;
    const ended = c.seconds !== undefined;
    row.connection = c;
    const kind = ended ? (c.reason ? "bad" : "good") : "going";
    row.tr.className = selected ? `${kind} selected` : kind;
    row.button.setAttribute("aria-pressed", selected);
    const text = ended ? (c.reason ? `ERROR: ${c.reason}, in ${c.from}` : c.state) : [`in ${c.state}`, ...header(c).slice(0, 1)].join(", ");
    say(result.firstElementChild, text);
    result.title = c.reason ? text : ""; // as there may be no room for all of it
    say(bytes, count(c.bytes));
    const perSecond = ended ? meanRate(c) : c.rate;
    say(speed, perSecond > 0 ? rate(perSecond) : "");
    say(time, duration(elapsed));
  }

  tick(serving, elapsed) {
    for (const c of serving) {
      const row = this.rows.get(c.connection);
      if (row) say(row.cells[5], duration(elapsed(c)));
    }
  }

  // tabStop lets one row be reached by Tab, the others by the arrow keys.
  tabStop() {
    const buttons = [...this.body.querySelectorAll("button")];
    const stop = buttons.find((b) => b === document.activeElement) ?? buttons.find((b) => b.ariaPressed === "true") ?? buttons[0];
    for (const b of buttons) b.tabIndex = b === stop ? 0 : -1;
  }

  move(e) {
    const buttons = [...this.body.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[e.key];
    if (to === undefined || at < 0 || !buttons[to]) return;
    e.preventDefault();
    buttons[to].focus();
    this.tabStop();
  }
}
