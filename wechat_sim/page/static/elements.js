// Finds and makes elements. What is written into them is text, and never becomes markup.

export const find = (id) => document.getElementById(id);

/** A new element; its children are elements, or strings for text. */
export function el(name, className = "", ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (name === "button") made.type = "button";
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** One of the symbols of icons.svg; for the eye alone. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  drawing.setAttribute("aria-hidden", "true");
  drawing.classList.add("icon");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  drawing.append(use);
  return drawing;
}

/** A labelled radio button; `label` is an element that holds its words. */
export function radio(group, value, label) {
  const input = el("input", "unseen");
  Object.assign(input, { type: "radio", name: group, value });
  return el("label", "", input, label);
}
