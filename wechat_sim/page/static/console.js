// What is set in WeChat's console: the mode, and whether the URL is verified.

import { find, make, radio } from "./elements.js";
import { explain } from "./failures.js";
import { hintAt, quoteConsole, say, word } from "./words.js";

const MODES = ["plain", "compatible", "safe"];

/** Offer the modes; one that the account does not allow is there, but cannot be chosen. */
export function startMode({ modes, mode }) {
  for (const value of MODES) {
    const label = radio("mode", value, say(make("span"), `mode.${value}`));
    Object.assign(label.firstChild, { checked: value === mode, disabled: !modes.includes(value) });
    find("modes").append(label);
  }
  find("mode-why").hidden = modes.length === MODES.length;
  find("modes").addEventListener("change", forgetVerdict);
}

export const chosenMode = () => document.querySelector("[name=mode]:checked").value;

/** What the console says to the URL; where it refuses, why and what to do. */
export function showVerdict(answer) {
  const verdict = find("verdict");
  verdict.dataset.ok = answer.ok;
  say(verdict, () => {
    const message = quoteConsole(answer.console);
    if (answer.ok) return word("consoleSays", { message });
    return word("consoleExplains", { message, why: explain(answer, answer.exchange), hint: hintAt(answer.id) });
  });
}

export const forgetVerdict = () => say(find("verdict"), () => "");
