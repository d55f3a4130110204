// Says everything in the language that was chosen, and again in the other one when it changes.

import { CHINESE } from "./chinese.js";
import { ENGLISH } from "./english.js";
import { listPhrases, translate } from "./phrases.js";

const WORDS = { en: ENGLISH, zh: CHINESE };

let language = remembered() ?? (navigator.language.startsWith("zh") ? "zh" : "en");
let texts = { causes: {}, console: {} };
let phrases = [];
let details = [];
const spoken = new WeakMap(); // what makes the text of an element

/** The words of that name, with values put in for the names in braces. */
export function t(name, values = {}) {
  const words = WORDS[language][name];
  return words.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

/** The words of that name, or else the name itself, of something that WeChat has and we have no words for. */
export const tOr = (name, other) => (name in WORDS.en ? t(name) : other);

/** Learn the sentences that terminal and page share, which the server has: texts.json. */
export function learn(file) {
  texts = file;
  phrases = listPhrases(file.phrases);
  details = listPhrases(file.details);
}

/** The sentence of a cause or a note. */
export const explainCause = (id) => texts.causes[id]?.[language].cause ?? id ?? "";

/** What to change about a cause. */
export const hintAt = (id) => texts.causes[id]?.[language].hint ?? "";

/** What WeChat's console says. */
export const quoteConsole = (id) => texts.console[id][language];

/** Why something is as it is: a cause, and what is particular to this case. */
export const why = ({ id, detail }) => [explainCause(id), inChosen(detail, details)].filter(Boolean).join(t("colon"));

/** A reason that the callback logs, or its hint. */
export const translatePhrase = (phrase) => inChosen(phrase, phrases);

/** An error as it is written, `reason: hint`. */
export function translateError(text) {
  const [reason, ...hint] = text.split(": ");
  return [reason, hint.join(": ")].filter(Boolean).map(translatePhrase).join(t("colon"));
}

const inChosen = (phrase, list) => (language === "zh" && phrase ? translate(phrase, list) : phrase);

/** Give an element words: those of a name, or what a function makes whenever the language changes. */
export function setText(element, words) {
  delete element.dataset.i18n;
  element.dataset.spoken = "";
  spoken.set(element, typeof words === "string" ? () => t(words) : words);
  element.textContent = spoken.get(element)();
  return element;
}

/** Put the words of the language into every element that has some. */
export function speak() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = t("title");
  for (const element of document.querySelectorAll("[data-i18n]")) element.textContent = t(element.dataset.i18n);
  for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = t(element.dataset.label);
  for (const element of document.querySelectorAll("[data-spoken]")) element.textContent = spoken.get(element)();
  for (const element of document.querySelectorAll("[data-title]")) element.title = t(element.dataset.title);
  document.getElementById("text").placeholder = t("hint");
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
