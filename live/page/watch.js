// Watch: what the server does now.

import { sequence, timeline } from "./chart.js";
import { Connections, header } from "./connections.js";
import { $, count, duration, rate, say } from "./dom.js";

const bytes = (n) => `${count(n)} ${n === 1 ? "byte" : "bytes"}`;

const kept = 200; // connections, as many as the server keeps

export class Watch {
  constructor(table) {
    this.table = table;
    this.list = new Connections($("connections").tBodies[0], (c) => {
      this.choose(c);
      $("detail-result").scrollIntoView({ block: "nearest" });
    });
    this.state = undefined; // the latest, with all connections that are kept
    this.chosen = undefined; // undefined follows the newest that is listed
    this.paused = false;
    this.gone = false; // the server does not answer
    this.stood = undefined; // when the clocks were stopped
    this.news = { ok: 0, error: 0, last: undefined };
    this.rows = [...$("counts").tBodies[0].rows].map((r) => r.cells[3]);
    this.controls();
    setInterval(() => this.tick(), 250);
    setInterval(() => this.announce(), 4000);
  }

  controls() {
    for (const id of ["watch-legend", "filter", "pause", "follow"]) $(id).hidden = false;
    $("filter").addEventListener("change", () => this.show());
    addEventListener("pageshow", () => this.show()); // a browser that comes back restores the filter
    $("pause").addEventListener("click", () => {
      this.paused = !this.paused;
      this.frozen = this.paused ? this.state : undefined;
      $("pause").setAttribute("aria-pressed", this.paused);
      say($("pause"), this.paused ? "Go on" : "Pause");
      this.seen = this.ended();
      this.settle();
      this.show();
    });
    $("follow").addEventListener("click", () => this.choose(this.chosen ? undefined : this.selected()));
  }

  // draw shows the connections on a diagram from now on.
  draw(diagram) {
    this.diagram = diagram;
    this.drawn = undefined;
    $("watch-diagram").replaceChildren(diagram.root);
    this.show();
  }

  // snapshot begins with all that the server knows.
  snapshot(s) {
    if (this.state && this.state.instance !== s.instance) {
      this.seen = 0;
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
    this.stood = undefined;
    if (this.gone) this.answers(true);
    this.settle();
    if (this.paused) say($("list-note"), this.missed());
    else this.show();
  }

  // settle looks the chosen connection up again: it goes on, or is one of a
  // server that is no more.
  settle() {
    if (!this.chosen) return;
    if (this.view.instance !== this.chosenOf) this.chosen = undefined;
    else this.chosen = this.find(this.chosen.connection) ?? this.chosen;
  }

  // stand stops the clocks until the server is heard of again.
  stand() {
    this.stood ??= performance.now();
  }

  // lost says that what is shown is the last that is known.
  lost() {
    this.stand();
    if (!this.state || this.gone) return;
    this.answers(false);
    this.tell("The server does not answer. What is shown is what was last heard of it.");
    this.show();
  }

  answers(yes) {
    this.gone = !yes;
    $("watch").classList.toggle("stale", this.gone);
    const at = () => new Date(this.state.now).toLocaleTimeString("en-GB");
    say($("watch-now"), yes ? "what the server does now" : `what was last heard of the server, at ${at()}`);
  }

  ended() {
    return this.state ? this.state.connections.ok + this.state.connections.error : 0;
  }

  // view is what is shown: the present, or what it was when the reader paused.
  get view() {
    return this.frozen ?? this.state;
  }

  missed() {
    const n = this.ended() - this.seen;
    const ended = n === 0 ? "" : `${count(n)} ${n === 1 ? "has" : "have"} ended`;
    if (this.frozen.instance !== this.state.instance) return `Paused; the server was started anew since${ended && `, and ${ended}`}.`;
    return ended ? `Paused; ${ended} since.` : "Paused.";
  }

  // filter is as its control says, whoever has set that.
  get filter() {
    return $("filter").querySelector(":checked").value;
  }

  matches(c) {
    return this.filter === "all" || c.seconds !== undefined && (this.filter === "error") === Boolean(c.reason);
  }

  find(number) {
    const s = this.view;
    return s.serving.find((c) => c.connection === number) ?? s.recent.find((c) => c.connection === number);
  }

  // selected returns the connection whose details are shown.
  selected() {
    return this.chosen ?? this.view.serving.find((c) => this.matches(c)) ?? this.view.recent.find((c) => this.matches(c));
  }

  choose(connection) {
    this.chosen = connection;
    this.chosenOf = this.view.instance;
    this.show();
  }

  // elapsed returns how long a connection has lasted.
  elapsed(c) {
    if (c.seconds !== undefined) return c.seconds;
    return (Date.parse(this.view.now) - Date.parse(c.started)) / 1000 + this.since();
  }

  // since is how many seconds the view is old.
  since() {
    return this.frozen ? 0 : ((this.stood ?? performance.now()) - this.clock) / 1000;
  }

  // left says how long a connection in service has until the idle limit.
  left(c) {
    const seconds = Math.max(c.left - this.since(), 0);
    return `${seconds < 100 ? `${Math.ceil(seconds)} s` : duration(seconds)} left`;
  }

  // now says how a connection in service stands.
  now(c) {
    const counts = this.table.activities.get(c.state)?.action === "count";
    const payload = counts ? [bytes(c.bytes), c.rate > 0 ? `${rate(c.rate)} bytes/s` : ""] : [];
    const parts = [...header(c), ...payload, this.left(c)].filter(Boolean);
    return `${this.gone ? "was " : ""}being served, in ${c.state}: ${parts.join(", ")}`;
  }

  show() {
    const s = this.view;
    if (!s) return;
    say($("n-serving"), count(s.inService));
    say($("n-queue"), s.queue === null ? "unknown" : count(s.queue));
    say($("n-ok"), count(s.connections.ok));
    say($("n-error"), count(s.connections.error));
    say($("n-bytes"), count(s.bytes));
    s.transitions.forEach((t, i) => this.rows[i] && say(this.rows[i], count(t.count)));
    this.diagram.counts(s.transitions);
    this.diagram.sessions(s.sessions);
    if (this.chosen && !this.matches(this.chosen)) this.chosen = undefined;
    $("follow").setAttribute("aria-pressed", this.chosen === undefined);
    const [serving, recent] = [s.serving, s.recent].map((list) => list.filter((c) => this.matches(c)));
    this.list.show(serving, recent, this.selected()?.connection, (c) => this.elapsed(c));
    say($("list-note"), this.paused ? this.missed() : this.note(recent.length));
    this.detail();
  }

  note(shown) {
    const ended = this.ended();
    const busiest = this.state.serving.length;
    if (busiest < this.state.inService) return `The ${count(busiest)} busiest of ${count(this.state.inService)} in service. ${this.latest(shown, ended)}`;
    return this.latest(shown, ended);
  }

  // latest says which of those that have ended are listed.
  latest(shown, ended) {
    if (ended === 0) return this.state.inService > 0 ? "" : "None yet. Whoever connects to the server appears here.";
    const kept = this.state.recent.length;
    const all = kept < ended ? `the latest ${count(kept)} of ${count(ended)}` : `the ${count(ended)} that have ended`;
    let of = kept < ended ? `The latest ${count(kept)} of ${count(ended)} that have ended.` : "";
    if (this.filter !== "all") of = `${shown === 0 ? "None" : count(shown)} in ${this.filter === "ok" ? this.table.good.join(", ") : "ERROR"} among ${all}.`;
    return this.lacks ? `${of} Some came too fast to be listed; all are counted.` : of;
  }

  detail() {
    const c = this.selected();
    for (const id of ["detail", "way"]) $(id).hidden = !c;
    this.diagram.select(c?.path ?? [], c?.state);
    if (!c) return;
    const ended = c.seconds !== undefined;
    say($("detail-title"), `Connection ${c.connection} from ${c.remote}`);
    const result = $("detail-result");
    result.className = ended ? (c.reason ? "bad" : "good") : "going";
    if (!ended) say(result, this.now(c));
    else if (c.reason) say(result, `ERROR in ${c.from}: ${c.event}`);
    else say(result, `${bytes(c.bytes)} counted in ${duration(c.seconds)}`);
    say($("detail-reason"), c.reason ?? "");
    say($("detail-hint"), ended ? c.hint : `The ${this.table.role} ${this.table.work(c.state)}. ` +
      `The idle limit of ${this.view.server.idleLimit} s begins anew with every byte that arrives.`);
    const drawn = `${this.view.instance} ${c.connection} ${c.path.length} ${c.more} ${c.state} ${c.bytes > 0}`;
    timeline($("timeline").tBodies[0], this.table, c.path, c.state, this.elapsed(c), c.more);
    if (this.drawn === drawn) return;
    this.drawn = drawn;
    $("chart").replaceChildren(sequence(this.table, c.path, c.state, c));
    this.diagram.reveal($("watch-diagram"));
  }

  // tick lets the time of connections in service pass.
  tick() {
    if (this.paused || !this.state || this.state.serving.length === 0 || document.hidden) return;
    this.list.tick(this.state.serving, (c) => this.elapsed(c));
    const c = this.selected();
    if (!c || c.seconds !== undefined) return;
    say($("detail-result"), this.now(c));
    timeline($("timeline").tBodies[0], this.table, c.path, c.state, this.elapsed(c), c.more);
  }

  // announce tells those who do not see the page what has ended, not too often.
  announce() {
    const { ok, error, last } = this.news;
    if (ok + error === 0 || this.paused) return;
    this.news = { ok: 0, error: 0, last: undefined };
    if (ok + error > 1) this.tell(`${count(ok + error)} connections have ended, ${count(error)} in ERROR.`);
    else if (last.reason) this.tell(`Connection ${last.connection} has ended in ERROR: ${last.reason}`);
    else this.tell(`Connection ${last.connection} has ended well, with ${bytes(last.bytes)}.`);
  }

  tell(text) {
    say($("watch-live"), text);
  }
}
