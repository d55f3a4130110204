// Says that the local server is gone, over everything else, until it is back.

import { find } from "./elements.js";
import { readConsole } from "./server.js";
import { setText, t } from "./words.js";

const EVERY = 2000; // milliseconds
let timer;

export function startBanner() {
  find("retry").addEventListener("click", retry);
}

/** Show it; `command` is what starts the server again. */
export function showGone(command) {
  setText(find("gone-text"), () => t("gone", { command }));
  find("gone").hidden = false;
  clearTimeout(timer);
  timer = setTimeout(retry, EVERY);
}

async function retry() {
  clearTimeout(timer);
  try {
    await readConsole();
    find("gone").hidden = true;
  } catch {
    timer = setTimeout(retry, EVERY);
  }
}
