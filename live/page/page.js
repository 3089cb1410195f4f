// The page: chooses the view, and keeps the stream of events open.

import { Diagram } from "./diagram.js";
import { $, say } from "./dom.js";
import { Explore } from "./explore.js";
import { Learned } from "./learned.js";
import { Table } from "./table.js";
import { Watch } from "./watch.js";

const again = 3000; // milliseconds until a refused stream is asked for again

function route() {
  const known = { "": "watch", "#watch": "watch", "#explore": "explore" };
  const view = known[location.hash] ?? ($("explore").hidden ? "watch" : "explore");
  for (const id of ["watch", "explore"]) $(id).hidden = id !== view;
  for (const a of $("views").querySelectorAll("a")) {
    if (a.hash === `#${view}`) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
}

function link(kind, text) {
  $("link").className = `link ${kind}`;
  say($("link-text"), text);
}

// Stream is the stream of events. A tab that nobody sees has none: a browser
// opens six connections to a server, and a seventh tab would not load.
class Stream {
  constructor(watch) {
    this.watch = watch;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    if (!document.hidden) this.open();
  }

  open() {
    this.close();
    const events = new EventSource("events");
    events.addEventListener("open", () => link("live", "live"));
    events.addEventListener("snapshot", (e) => this.watch.snapshot(JSON.parse(e.data)));
    events.addEventListener("update", (e) => this.watch.update(JSON.parse(e.data)));
    events.addEventListener("error", () => {
      this.watch.lost();
      link("lost", "the server does not answer; trying again");
      if (events.readyState === EventSource.CLOSED) this.timer = setTimeout(() => this.open(), again); // else the browser tries
    });
    this.events = events;
  }

  close() {
    clearTimeout(this.timer);
    this.events?.close();
    this.watch.stand();
  }
}

// pictures gives each view a copy of the picture that fits the screen.
function pictures(views) {
  const wide = $("watch-diagram").querySelector("svg").cloneNode(true);
  const narrow = $("narrow-diagram").content.querySelector("svg");
  const screen = matchMedia("screen and (max-width: 36rem)");
  const draw = () => {
    for (const v of views) v.draw(new Diagram((screen.matches ? narrow : wide).cloneNode(true)));
  };
  screen.addEventListener("change", draw);
  draw();
}

async function start() {
  const [table, story] = await Promise.all([
    Table.fetch($("watch-diagram").querySelector("svg").dataset.role),
    fetch("api/story").then((answer) => (answer.ok ? answer.json() : undefined)),
  ]);
  const explore = new Explore(table, story), watch = new Watch(table);
  pictures([explore, watch, new Learned($("watch-diagram").querySelector("svg").dataset.role)]);
  new Stream(watch);
  $("views").hidden = false;
  addEventListener("hashchange", () => {
    route();
    $("main").focus({ preventScroll: true });
    scrollTo(0, 0);
  });
  document.querySelector(".skip").addEventListener("click", (e) => {
    e.preventDefault(); // the address goes on naming the view
    $("main").focus();
  });
  route();
  document.documentElement.dataset.ready = "";
}

start().catch((error) => link("lost", `this page could not begin: ${error.message}`));
