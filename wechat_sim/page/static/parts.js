// The documents of a delivery, each in a section that opens and closes, as sent or decrypted, with a button to copy it.

import { copyFrom } from "./copy.js";
import { el } from "./elements.js";
import { showJson } from "./json.js";
import { setText, t } from "./words.js";
import { showXml } from "./xml.js";

const PARTS = {
  sent: { paint: showXml, isOpen: true },
  received: { paint: showXml, isOpen: true, isKept: true },
  log: { paint: showJson, isOpen: true },
  metrics: { paint: showJson },
  printed: { paint: showText, isOpen: true },
  query: { paint: showText },
  curl: { paint: showText },
  event: { paint: showJson },
  response: { paint: showJson },
};

/** All parts, in a container; `show` fills them with texts by the names of part and view, and hides what has none. */
export function makeParts(container) {
  const parts = Object.entries(PARTS).map(([name, kind]) => new Part(name, kind));
  container.append(...parts.map((part) => part.element));
  return { show: (texts) => parts.forEach((part) => part.fill(texts[part.name] ?? {})) };
}

class Part {
  #views = { opened: "", wire: "" };
  #view = "opened";

  constructor(name, { paint, isOpen = false, isKept = false }) {
    Object.assign(this, { name, paint, isKept });
    const heading = setText(el("span"), `part.${name}`);
    this.document = el("pre");
    Object.assign(this.document, { tabIndex: 0, role: "region" });
    this.document.dataset.label = `part.${name}`;
    this.switch = el("span", "views");
    this.switch.role = "group";
    this.switch.dataset.label = "view";
    this.switch.append(...Object.keys(this.#views).map((view) => this.#viewButton(view)));
    const tools = el("div", "tools", this.switch, this.#copyButton());
    this.element = el("details", "part", el("summary", "", heading), tools, this.document);
    this.element.dataset.part = name;
    this.element.open = isOpen;
  }

  /** Show these texts; the view stays the one that was chosen. */
  fill({ opened = "", wire = "" }) {
    this.#views = { opened: opened || wire, wire };
    this.switch.hidden = !opened || opened === wire;
    this.element.hidden = !this.isKept && !wire;
    this.#refresh();
  }

  #text() {
    return this.#views[this.#view];
  }

  #refresh() {
    for (const button of this.switch.children) button.ariaPressed = String(button.dataset.view === this.#view);
    this.document.ariaLabel = t(`part.${this.name}`);
    if (this.#text()) this.paint(this.document, this.#text());
    else this.document.replaceChildren(setText(el("span", "faint"), "empty"));
  }

  #viewButton(view) {
    const button = setText(el("button"), view);
    button.dataset.view = view;
    button.addEventListener("click", () => {
      this.#view = view;
      this.#refresh();
    });
    return button;
  }

  #copyButton() {
    const button = setText(el("button", "copy"), "copy");
    button.addEventListener("click", () => copyFrom(button, "copy", this.#text(), this.document));
    return button;
  }
}

function showText(element, text) {
  element.replaceChildren(text);
}
