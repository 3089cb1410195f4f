// Small helpers for elements, and for numbers that people read.

const SVG = "http://www.w3.org/2000/svg";

export const $ = (id) => document.getElementById(id);

// make returns an element with properties and children; svg one of SVG with attributes.
export function make(name, properties = {}, ...children) {
  const e = Object.assign(document.createElement(name), properties);
  e.append(...children);
  return e;
}

export function svg(name, attributes = {}, ...children) {
  const e = document.createElementNS(SVG, name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
}

// say sets the text of an element, and touches nothing if it is there already.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// room makes the parent of an element, which is of class roomy, high enough for
// the longest of these texts, so that nothing moves when the text changes.
export function room(element, texts) {
  const longest = [...new Set(texts)].sort((a, b) => b.length - a.length).slice(0, 6);
  for (const textContent of longest) element.parentElement.append(make("span", { className: "room", textContent, ariaHidden: "true" }));
}

const integer = new Intl.NumberFormat("en");

export const count = (n) => integer.format(n);

export function rate(n) {
  const units = ["", " k", " M", " G", " T"];
  let i = 0;
  for (; n >= 999.5 && i < units.length - 1; i++) n /= 1000;
  return (n >= 99.95 || i === 0 ? n.toFixed(0) : n.toFixed(1)) + units[i];
}

// duration changes the unit where rounding would lead to the next one.
export function duration(seconds) {
  const s = Math.max(seconds, 0), ms = s * 1e3;
  if (ms < 0.0995) return `${(s * 1e6).toFixed(0)} µs`;
  if (ms < 99.95) return `${ms.toFixed(ms < 9.995 ? 2 : 1)} ms`;
  if (s < 99.995) return `${s.toFixed(2)} s`;
  const whole = Math.round(s), minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
