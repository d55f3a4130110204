// Shows JSON for reading, laid out and coloured: one document, or one a line.

import { el } from "./elements.js";

const TOKEN = /"(?:\\.|[^"\\])*"(?=\s*:)|"(?:\\.|[^"\\])*"|[^"]+/g;

/** Put the documents into an element, as text nodes; a line that is no JSON stays as it is. */
export function showJson(element, text) {
  element.replaceChildren(...documents(text).flatMap((document) => paint(document)));
}

function documents(text) {
  const whole = laidOut(text);
  return whole ? [whole] : text.split("\n").map((line) => `${laidOut(line) ?? line}\n`);
}

function laidOut(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

function paint(document) {
  return [...document.matchAll(TOKEN)].map(({ 0: token, index }) => {
    if (!token.startsWith('"')) return token;
    const isKey = /^\s*:/.test(document.slice(index + token.length));
    return el("span", isKey ? "tag" : "data", token);
  });
}
