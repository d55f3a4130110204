// Copies a text; where the browser does not let a page do that, selects the element that shows it.

import { setText } from "./words.js";

/** Copy, and say so on the button for a while; `name` is that of its own words. */
export async function copyFrom(button, name, text, shown) {
  setText(button, await copy(text, shown));
  setTimeout(() => setText(button, name), 1500);
}

async function copy(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return "copied";
  } catch {
    getSelection().selectAllChildren(shown);
    return "notCopied";
  }
}
