// The field where a follower writes, and the panel with everything else that can be sent.

import { el, find, icon } from "./elements.js";
import { setText } from "./words.js";

const SAMPLES = ["image", "voice", "video", "location", "link"];

/** `send` sends a sample by its name with texts of its own and tells whether it could, `choose` lets the user pick one, and then does something. */
export function startComposer(send, choose) {
  startText(send);
  const setOpen = startPanel();
  for (const name of SAMPLES) {
    addButton(name, `type.${name}`, () => {
      setOpen(false);
      send(name, {});
    });
  }
  addButton("event", "event", () => choose(() => setOpen(false)));
}

function startText(send) {
  const box = find("text");
  find("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value;
    if (!text) return;
    box.value = "";
    send("text", { Content: text }).then((isSent) => {
      if (!isSent) box.value ||= text;
    });
  });
  box.addEventListener("keydown", (event) => {
    const finished = event.key === "Enter" && !event.shiftKey && !event.isComposing; // an input method's Enter picks a word
    if (!finished) return;
    event.preventDefault();
    find("composer").requestSubmit();
  });
}

function startPanel() {
  const [button, panel] = ["more", "panel"].map(find);
  const setOpen = (isOpen) => {
    panel.hidden = !isOpen;
    button.ariaExpanded = String(isOpen);
  };
  button.addEventListener("click", () => setOpen(panel.hidden));
  find("composer").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    setOpen(false);
    button.focus();
  });
  return setOpen;
}

function addButton(name, words, action) {
  const button = el("button", "tile", icon(name), setText(el("span"), words));
  button.dataset.sample = name;
  button.addEventListener("click", action);
  find("panel").append(button);
}
