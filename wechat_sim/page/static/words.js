// Says everything in the language that was chosen, and again in the other one when it changes.

import { CAUSES } from "./causes.js";
import { CHINESE } from "./chinese.js";
import { ENGLISH } from "./english.js";

let language = remembered() ?? (navigator.language.startsWith("zh") ? "zh" : "en");
const spoken = new WeakMap(); // what makes the text of an element

/** The words of that name, with values put in for the names in braces. */
export function word(name, values = {}) {
  const words = (language === "zh" ? CHINESE : ENGLISH)[name];
  return words.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

/** The words of that name, or else the name of something WeChat has and we have no word for. */
export const wordOr = (name, other) => (name in ENGLISH ? word(name) : other);

/** A phrase of the server's, which are English. */
export const phrase = (english) => (language === "zh" ? (CAUSES[english] ?? english) : english);

/** Why something is as it is: a phrase of the server's, and what is particular to this case. */
export const why = ({ cause, detail }) => [phrase(cause), detail].filter(Boolean).join(word("colon"));

/** Give an element words: those of a name, or what a function makes whenever the language changes. */
export function say(element, words) {
  delete element.dataset.words;
  element.dataset.spoken = "";
  spoken.set(element, typeof words === "string" ? () => word(words) : words);
  element.textContent = spoken.get(element)();
  return element;
}

/** Put the words of the language into every element that has some. */
export function speak() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = word("title");
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = word(element.dataset.words);
  for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = word(element.dataset.label);
  for (const element of document.querySelectorAll("[data-spoken]")) element.textContent = spoken.get(element)();
  for (const element of document.querySelectorAll("textarea")) element.placeholder = word("hint");
}

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  try {
    localStorage.setItem("language", language);
  } catch {
    // then it is chosen anew next time
  }
  speak();
}

function remembered() {
  try {
    return localStorage.getItem("language");
  } catch {
    return null; // storage may be switched off
  }
}
