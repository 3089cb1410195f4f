// Watch: what the server does now.

import { sequence, timeline } from "./chart.js";
import { Connections } from "./connections.js";
import { Diagram } from "./diagram.js";
import { $, count, duration, rate, say } from "./dom.js";

const kept = 200; // connections, as many as the server keeps

export class Watch {
  constructor(table) {
    this.table = table;
    this.diagram = new Diagram($("watch-diagram").querySelector("svg"));
    this.list = new Connections($("connections").tBodies[0], (c) => this.choose(c));
    this.state = undefined; // the latest, with all connections that are kept
    this.chosen = undefined; // undefined follows the newest
    this.paused = false;
    this.filter = "all";
    this.news = { ok: 0, error: 0, last: undefined };
    this.rows = [...$("counts").tBodies[0].rows].map((r) => r.cells[3]);
    this.controls();
    setInterval(() => this.tick(), 250);
    setInterval(() => this.announce(), 4000);
  }

  controls() {
    for (const id of ["filter", "pause", "follow"]) $(id).hidden = false;
    $("filter").addEventListener("change", (e) => {
      this.filter = e.target.value;
      this.show();
    });
    $("pause").addEventListener("click", () => {
      this.paused = !this.paused;
      this.frozen = this.paused ? this.state : undefined;
      $("pause").setAttribute("aria-pressed", this.paused);
      say($("pause"), this.paused ? "Go on" : "Pause");
      this.seen = this.ended();
      this.show();
    });
    $("follow").addEventListener("click", () => this.choose(this.chosen ? undefined : this.selected()));
  }

  // snapshot begins with all that the server knows.
  snapshot(s) {
    if (this.state && this.state.instance !== s.instance) {
      this.chosen = undefined;
      this.tell("The server was started anew.");
    }
    this.state = s;
    this.lacks = false;
    this.arrived();
  }

  // update goes on from there.
  update(u) {
    if (!this.state || this.state.instance !== u.instance) return;
    for (const c of u.recent) this.news[c.reason ? "error" : "ok"]++;
    this.news.last = u.recent[0] ?? this.news.last;
    this.lacks ||= u.dropped === true;
    u.recent = [...u.recent, ...this.state.recent].slice(0, kept);
    this.state = u;
    this.arrived();
  }

  arrived() {
    this.clock = performance.now();
    if (this.chosen) this.chosen = this.find(this.chosen.connection) ?? this.chosen;
    if (this.paused) say($("list-note"), this.since());
    else this.show();
  }

  ended() {
    return this.state ? this.state.connections.ok + this.state.connections.error : 0;
  }

  // view is what is shown: the present, or what it was when the reader paused.
  get view() {
    return this.frozen ?? this.state;
  }

  since() {
    const n = this.ended() - this.seen;
    return n === 0 ? "Paused." : `Paused; ${count(n)} have ended since.`;
  }

  find(number) {
    const s = this.view;
    return s.serving.find((c) => c.connection === number) ?? s.recent.find((c) => c.connection === number);
  }

  // selected returns the connection whose details are shown.
  selected() {
    return this.chosen ?? this.view.serving[0] ?? this.view.recent[0];
  }

  choose(connection) {
    this.chosen = connection;
    $("follow").setAttribute("aria-pressed", connection === undefined);
    this.show();
  }

  // elapsed returns how long a connection has lasted.
  elapsed(c) {
    if (c.seconds !== undefined) return c.seconds;
    const since = this.frozen ? 0 : performance.now() - this.clock;
    return (Date.parse(this.view.now) - Date.parse(c.started) + since) / 1000;
  }

  show() {
    const s = this.view;
    if (!s) return;
    say($("n-serving"), count(s.serving.length));
    say($("n-queue"), s.queue === null ? "unknown" : count(s.queue));
    say($("n-ok"), count(s.connections.ok));
    say($("n-error"), count(s.connections.error));
    say($("n-bytes"), count(s.bytes));
    s.transitions.forEach((t, i) => this.rows[i] && say(this.rows[i], count(t.count)));
    this.diagram.counts(s.transitions);
    this.diagram.sessions(s.sessions);
    const match = { all: () => true, ok: (c) => !c.reason, error: (c) => c.reason }[this.filter];
    const recent = s.recent.filter(match);
    this.list.show(this.filter === "all" ? s.serving : [], recent, this.selected()?.connection, (c) => this.elapsed(c));
    say($("list-note"), this.paused ? this.since() : this.note(recent.length));
    this.detail();
  }

  note(shown) {
    const ended = this.ended();
    if (ended === 0) return this.state.serving.length > 0 ? "" : "None yet. Send the server a file, and it appears here.";
    const of = shown < ended ? `The latest ${count(shown)} of ${count(ended)} that have ended.` : "";
    return this.lacks ? `${of} Some came too fast to be listed; all are counted.` : of;
  }

  detail() {
    const c = this.selected();
    $("detail").hidden = !c;
    this.diagram.select(c?.path ?? [], c?.state);
    if (!c) return;
    const ended = c.seconds !== undefined;
    say($("detail-title"), `Connection ${c.connection} from ${c.remote}`);
    const result = $("detail-result");
    result.className = ended ? (c.reason ? "bad" : "good") : "going";
    if (!ended) say(result, `being served, in ${c.state}: ${count(c.bytes)} bytes, ${rate(c.rate)} bytes/s`);
    else if (c.reason) say(result, `ERROR in ${c.from}: ${c.event}`);
    else say(result, `${count(c.bytes)} bytes counted in ${duration(c.seconds)}`);
    say($("detail-reason"), c.reason ?? "");
    say($("detail-hint"), c.hint ?? "");
    $("detail-path").hidden = false;
    const drawn = `${this.state.instance} ${c.connection} ${c.path.length} ${c.state}`;
    timeline($("timeline").tBodies[0], this.table, c.path, c.state, this.elapsed(c));
    if (this.drawn === drawn) return;
    this.drawn = drawn;
    $("chart").replaceChildren(sequence(this.table, c.path, c.state, ended));
    this.diagram.reveal($("watch-diagram"));
  }

  // tick lets the time of connections in service pass.
  tick() {
    if (this.paused || !this.state || this.state.serving.length === 0 || document.hidden) return;
    this.list.tick(this.state.serving, (c) => this.elapsed(c));
    const c = this.selected();
    if (c && c.seconds === undefined) timeline($("timeline").tBodies[0], this.table, c.path, c.state, this.elapsed(c));
  }

  // announce tells those who do not see the page what has ended, not too often.
  announce() {
    const { ok, error, last } = this.news;
    if (ok + error === 0 || this.paused) return;
    this.news = { ok: 0, error: 0, last: undefined };
    if (ok + error > 1) this.tell(`${count(ok + error)} connections have ended, ${count(error)} in ERROR.`);
    else if (last.reason) this.tell(`Connection ${last.connection} has ended in ERROR: ${last.reason}`);
    else this.tell(`Connection ${last.connection} has ended well, with ${count(last.bytes)} bytes.`);
  }

  tell(text) {
    say($("watch-live"), text);
  }
}
