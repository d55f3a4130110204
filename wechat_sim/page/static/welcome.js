// What a visitor sees first: where the callback is, what to edit, and three things to try.

import { el } from "./elements.js";
import { setText, t } from "./words.js";

/** The first lines of a conversation; `attempts` are what its buttons do, by their names. */
export function makeWelcome({ url, file }, attempts) {
  const lines = [line("calledAt", url)];
  if (file) lines.push(line("edited", file), setText(el("p", "why"), "editedWhy"));
  const buttons = Object.entries(attempts).map(([name, attempt]) => {
    const button = setText(el("button", "quiet"), `try.${name}`);
    button.dataset.try = name;
    button.addEventListener("click", attempt);
    return button;
  });
  return el("div", "welcome", ...lines, setText(el("p", "why"), "try"), el("div", "attempts", ...buttons));
}

const line = (name, text) => el("p", "", setText(el("span"), () => `${t(name)}${t("colon")}`), el("span", "mono", text));
