// A conversation for each follower, one of which is shown.

import { el, find, icon, radio } from "./elements.js";
import { setText, t } from "./words.js";

const PATIENCE = 5000; // milliseconds that WeChat waits

export class Conversations {
  #all;
  #onWaiting;

  /** `onWaiting` is told whether the account owes the chosen follower an answer; each one begins with `makeWelcome`. */
  constructor(followers, onWaiting, makeWelcome) {
    this.#onWaiting = onWaiting;
    this.#all = followers.map((follower, index) => new Conversation(follower, index, makeWelcome()));
    for (const conversation of this.#all) conversation.input.addEventListener("change", () => this.#choose(conversation));
    this.#choose(this.#all[0]);
  }

  /** The conversation of a follower, by the OpenID. */
  of(openid) {
    return this.#all.find(({ follower }) => follower.openid === openid) ?? this.chosen;
  }

  scroll() {
    this.chosen.scroll();
  }

  /** Show that an answer is awaited, until the returned function is called. */
  wait(conversation, isSlow) {
    const row = conversation.showWaiting(isSlow);
    const timer = setTimeout(() => conversation.note(() => t("stillWaiting"), "late"), isSlow ? 1e9 : PATIENCE);
    this.#refresh();
    return () => {
      clearTimeout(timer);
      row.remove();
      conversation.waiting -= 1;
      if (conversation !== this.chosen) conversation.unread.hidden = false;
      this.#refresh();
    };
  }

  /** Mark the rows of the exchange that is inspected. */
  press(buttons) {
    for (const other of document.querySelectorAll("#conversations [aria-pressed=true]")) other.ariaPressed = "false";
    for (const button of buttons) button.ariaPressed = "true";
  }

  #choose(chosen) {
    this.chosen = chosen;
    chosen.input.checked = true;
    chosen.unread.hidden = true;
    for (const conversation of this.#all) conversation.list.hidden = conversation !== chosen;
    chosen.scroll();
    this.#refresh();
  }

  #refresh() {
    this.#onWaiting(this.chosen.waiting > 0);
  }
}

class Conversation {
  waiting = 0;
  #frame = null;

  constructor(follower, index, welcome) {
    this.follower = follower;
    this.tile = index;
    this.unread = setText(el("span", "unread"), "unread");
    this.unread.hidden = true;
    const label = radio("follower", follower.openid, el("span", "", this.#face("me"), follower.name, this.unread));
    this.input = label.firstChild;
    find("followers").append(label);
    this.list = el("div", "conversation");
    Object.assign(this.list, { role: "log", tabIndex: 0, ariaLabel: follower.name });
    find("conversations").append(this.list);
    new ResizeObserver(() => this.scroll()).observe(this.list);
    this.note(() => t("start", { name: follower.name }));
    this.list.append(welcome);
  }

  /** A message of either side, which can be chosen. */
  bubble(side, ...content) {
    const speaker = el("span", "unseen");
    setText(speaker, () => t("says", { name: side === "me" ? this.follower.name : t("account") }) + t("colon"));
    const button = el("button", "bubble", speaker, ...content);
    return this.#append(`row ${side}`, this.#face(side), button);
  }

  /** A line in the middle, as from WeChat itself; `words` makes its text, `more` what stands beneath. */
  note(words, kind = "", ...more) {
    return this.#append("row system", el("p", `notice ${kind}`, setText(el("span"), words), ...more));
  }

  /** Such a line that can be chosen. */
  event(kind, ...content) {
    return this.#append("row system", el("button", `notice ${kind}`, ...content));
  }

  /** What can be tapped in what was said last. */
  offer(taps, onTap) {
    for (const { label, fields } of taps) {
      const button = el("button", "tap", label);
      button.addEventListener("click", () => onTap(fields));
      this.#append("row tapped", button);
    }
  }

  showWaiting(isSlow) {
    this.waiting += 1;
    const dots = el("span", "dots", el("i"), el("i"), el("i"));
    dots.ariaHidden = "true";
    const row = this.#append("row account", this.#face("account"), el("p", "bubble", dots));
    if (isSlow) row.lastChild.append(setText(el("small"), "waiting"));
    return row;
  }

  /** Show the end; once for all that is drawn at a time. */
  scroll() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.list.scrollTop = this.list.scrollHeight;
    });
  }

  #face(side) {
    const face = el("span", `face ${side === "me" ? `tile${this.tile}` : "official"}`);
    face.append(side === "me" ? this.follower.name.slice(0, 1) : icon("news"));
    face.ariaHidden = "true";
    return face;
  }

  #append(className, ...children) {
    const row = el("div", className, ...children);
    this.list.append(row);
    this.scroll();
    return row;
  }
}
