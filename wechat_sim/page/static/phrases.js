// Says in Chinese what the callback says in English, by the lists of texts.json: as phrases.py does for the terminal.

const SEVERAL_WORDS = ["source", "text"];

/** What each phrase of a list looks like, and what it is in Chinese. */
export const listPhrases = (file) => Object.entries(file).map(([english, chinese]) => [patternOf(english), chinese]);

/** A phrase in Chinese; one that is not listed stays as it is. */
export function translate(phrase, list) {
  for (const [english, chinese] of list) {
    const found = phrase.match(english);
    if (found) return chinese.replace(/\{(\w+)\}/g, (_, name) => translate(found.groups[name], list));
  }
  return phrase;
}

function patternOf(english) {
  const parts = english.split(/\{(\w+)\}/).map((part, number) => (number % 2 ? placeOf(part) : escaped(part)));
  return new RegExp(`^${parts.join("")}$`, "s");
}

const placeOf = (name) => `(?<${name}>${SEVERAL_WORDS.includes(name) ? ".+" : "\\S+"})`;

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
