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
  while (n >= 1000 && i < units.length - 1) {
    n /= 1000;
    i++;
  }
  return (n >= 100 || i === 0 ? n.toFixed(0) : n.toFixed(1)) + units[i];
}

export function duration(seconds) {
  if (seconds < 0) seconds = 0;
  if (seconds < 0.000_1) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 0.1) return `${(seconds * 1e3).toFixed(seconds < 0.01 ? 2 : 1)} ms`;
  if (seconds < 100) return `${seconds.toFixed(2)} s`;
  return `${count(Math.round(seconds))} s`;
}
