// On a narrow screen there is room for one pane: the conversation, or what happened.

import { find } from "./elements.js";

const PANES = ["chat", "inspector"];

export function startPanes() {
  for (const pane of PANES) find(`show-${pane}`).addEventListener("click", () => showPane(pane));
}

export function showPane(chosen) {
  document.body.dataset.pane = chosen;
  for (const pane of PANES) find(`show-${pane}`).ariaPressed = String(pane === chosen);
}
