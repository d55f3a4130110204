// What is set in WeChat's console: the mode, and whether the URL is verified.

import { el, find, radio } from "./elements.js";
import { explain } from "./failures.js";
import { hintAt, quoteConsole, setText, t } from "./words.js";

const MODES = ["plain", "compatible", "safe"];

/** Offer the modes; one that the account does not allow is there, but cannot be chosen. */
export function startMode({ modes, mode }) {
  for (const value of MODES) {
    const label = radio("mode", value, setText(el("span"), `mode.${value}`));
    Object.assign(label.firstChild, { checked: value === mode, disabled: !modes.includes(value) });
    find("modes").append(label);
  }
  find("mode-why").hidden = modes.length === MODES.length;
  find("modes").addEventListener("change", forgetVerdict);
}

/** Offer the switches of the callback; each is off at first. */
export function startSwitches({ switches }) {
  find("switches").hidden = !switches.length;
  for (const name of switches) {
    const box = Object.assign(el("input"), { type: "checkbox", name: "switch", value: name });
    const label = el("label", "switch", box, setText(el("span"), `switch.${name}`));
    label.dataset.title = `switched.${name}`;
    find("switches").append(label);
  }
}

/** What is set: the mode, and what is switched on. */
export function readSettings() {
  const on = [...document.querySelectorAll("[name=switch]:checked")].map((box) => box.value);
  return { mode: document.querySelector("[name=mode]:checked").value, switches: on };
}

/** What the console says about the URL and, where it refuses, why and what to do. */
export function showVerdict(answer) {
  const verdict = find("verdict");
  verdict.dataset.ok = answer.ok;
  setText(verdict, () => {
    const message = quoteConsole(answer.console);
    if (answer.ok) return t("consoleSays", { message });
    return t("consoleExplains", { message, why: explain(answer, answer.exchange), hint: hintAt(answer.id) });
  });
}

export const forgetVerdict = () => setText(find("verdict"), () => "");
