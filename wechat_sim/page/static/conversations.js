// A conversation for each follower, one of which is shown.

import { find, icon, make, radio } from "./elements.js";
import { say, word } from "./words.js";

export class Conversations {
  #all;
  #onWaiting;

  /** `onWaiting` is told whether the account owes the chosen follower an answer. */
  constructor(followers, onWaiting) {
    this.#onWaiting = onWaiting;
    this.#all = followers.map((follower, index) => new Conversation(follower, index));
    for (const conversation of this.#all) conversation.input.addEventListener("change", () => this.#choose(conversation));
    this.#choose(this.#all[0]);
  }

  /** Somebody's answer is awaited, until the function that is returned is called. */
  wait(conversation, isSlow) {
    const row = conversation.await(isSlow);
    this.#refresh();
    return () => {
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

  constructor(follower, index) {
    this.follower = follower;
    this.tile = index;
    this.unread = say(make("span", "unread"), "unread");
    this.unread.hidden = true;
    const label = radio("follower", follower.openid, make("span", "", this.#face("me"), follower.name, this.unread));
    this.input = label.firstChild;
    find("followers").append(label);
    this.list = make("div", "conversation");
    Object.assign(this.list, { role: "log", tabIndex: 0, ariaLabel: follower.name });
    find("conversations").append(this.list);
    new ResizeObserver(() => this.scroll()).observe(this.list);
    this.note(() => word("start", { name: follower.name }));
  }

  /** Something that one of the two says, which can be chosen. */
  bubble(side, ...content) {
    const speaker = make("span", "unseen");
    say(speaker, () => word("says", { name: side === "me" ? this.follower.name : word("account") }) + word("colon"));
    const button = make("button", "bubble", speaker, ...content);
    return this.#append(`row ${side}`, this.#face(side), button);
  }

  /** A line in the middle, as WeChat itself speaks; `words` makes its text, `more` what stands beneath. */
  note(words, kind = "", ...more) {
    return this.#append("row system", make("p", `notice ${kind}`, say(make("span"), words), ...more));
  }

  /** Such a line that can be chosen. */
  event(kind, ...content) {
    return this.#append("row system", make("button", `notice ${kind}`, ...content));
  }

  /** What can be tapped in what was said last. */
  offer(taps, onTap) {
    for (const { label, fields } of taps) {
      const button = make("button", "tap", label);
      button.addEventListener("click", () => onTap(fields));
      this.#append("row tapped", button);
    }
  }

  await(isSlow) {
    this.waiting += 1;
    const dots = make("span", "dots", make("i"), make("i"), make("i"));
    dots.ariaHidden = "true";
    const row = this.#append("row account", this.#face("account"), make("p", "bubble", dots));
    if (isSlow) row.lastChild.append(say(make("small"), "waiting"));
    return row;
  }

  scroll() {
    this.list.scrollTop = this.list.scrollHeight;
  }

  #face(side) {
    const face = make("span", `face ${side === "me" ? `tile${this.tile}` : "official"}`);
    face.append(side === "me" ? this.follower.name.slice(0, 1) : icon("news"));
    face.ariaHidden = "true";
    return face;
  }

  #append(className, ...children) {
    const row = make("div", className, ...children);
    this.list.append(row);
    this.scroll();
    return row;
  }
}
