// The links in a text, as WeChat shows them: <a href="…">…</a>. One of weixin://bizmsgmenu is a tap that sends a text.

import { el } from "./elements.js";

const LINK = /<a\s+href=(["'])(.*?)\1\s*>(.*?)<\/a>/gis;
const TAP = /^weixin:\/\/bizmsgmenu\?msgmenucontent=([^&]*)&msgmenuid=([^&]*)$/i;

/** The text, in which links are underlined: the bubble that holds it can be pressed itself, so they cannot. */
export function drawLinks(text) {
  const drawn = [];
  let done = 0;
  for (const { 0: whole, 3: label, index } of text.matchAll(LINK)) {
    drawn.push(text.slice(done, index), el("u", "", label));
    done = index + whole.length;
  }
  return [...drawn, text.slice(done)];
}

/** What can be tapped in a text: each with its label, and the fields of the message that it sends. */
export function readTaps(text) {
  return [...text.matchAll(LINK)].flatMap(([, , url, label]) => {
    const tap = url.match(TAP);
    return tap ? [{ label, fields: { Content: decoded(tap[1]), bizmsgmenuid: decoded(tap[2]) } }] : [];
  });
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
