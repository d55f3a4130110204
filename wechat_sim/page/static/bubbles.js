// Draws what a follower sends and sees. Texts are written as they are, and never become markup.

import { icon, make } from "./elements.js";
import { explain } from "./failures.js";
import { drawLinks, readTaps } from "./links.js";
import { explainCause, say, word, wordOr } from "./words.js";

const ICONS = ["image", "voice", "video", "location", "link", "music", "news"];

/** The rows of a message that is sent. */
export function drawSent(conversation, sample, fields, asked) {
  const row =
    sample.msg_type === "event"
      ? conversation.event("", ...eventLine(conversation.follower.name, sample, fields))
      : conversation.bubble("me", ...content(sample.msg_type, fields));
  row.classList.toggle("forged", asked.forged);
  return [row];
}

/** The rows of what the follower sees of it; `onTap` is given the fields of the text that a tap in it sends. */
export function drawAnswer(conversation, { reply, seen, deliveries }, { forged }, onTap) {
  const rows = [];
  if (deliveries.length > 1) {
    const name = deliveries.some((delivery) => delivery.lost) ? "retriedLost" : "retried";
    conversation.note(() => word(name, { count: deliveries.length }));
  }
  if (seen.what === "reply") {
    const fields = flat(reply.elements);
    rows.push(conversation.bubble("account", ...content(reply.type, fields, reply)));
    if (reply.type === "text") conversation.offer(readTaps(fields.Content ?? ""), onTap);
  } else rows.push(conversation.event(seen.what, ...verdictLine(seen, deliveries.at(-1), forged)));
  for (const note of seen.notes) conversation.note(() => explainCause(note.id));
  return rows;
}

function verdictLine(seen, last, forged) {
  const [symbol, words] = {
    nothing: [null, () => word("nothing")],
    fault: ["fault", () => (forged ? word("forgeryTaken") : seen.line)],
    refused: ["shield", () => word("refusal")],
  }[seen.what];
  return [...(symbol ? [icon(symbol)] : []), say(make("span"), words), say(make("small"), () => explain(seen, last))];
}

function eventLine(name, sample, fields) {
  const did = () => `${name} ${wordOr(`event.${sample.event.toLowerCase()}`, "")}`.trim();
  const more = [sample.event, fields.EventKey].filter(Boolean).join(" · ");
  return [icon("event"), say(make("span"), did), make("small", "mono", more)];
}

function content(type, fields, reply = null) {
  if (type === "text") return [make("span", "said", ...(reply ? drawLinks(fields.Content ?? "") : [fields.Content ?? ""]))];
  if (type === "news") return articles(reply);
  const heading = make("strong", "kind", icon(symbol(type)), say(make("span"), () => wordOr(`type.${type}`, type)));
  const lines = description(type, fields).filter(Boolean);
  return [make("span", "card", heading, ...lines.map((line) => make("span", "line", line)))];
}

const symbol = (type) => (type === "shortvideo" ? "video" : ICONS.includes(type) ? type : "other");

function description(type, fields) {
  if (type === "location") return [fields.Label, `${fields.Location_X}, ${fields.Location_Y}`];
  if (type === "link") return [fields.Title, fields.Description, fields.Url];
  const { Title, Description, MusicUrl, MediaId, ThumbMediaId } = fields;
  const told = [Title, Description, MusicUrl, MediaId ?? ThumbMediaId];
  return told.some(Boolean) ? told : Object.values(fields).slice(0, 3);
}

function articles({ elements }) {
  const items = (elements.Articles ?? []).flatMap((list) => list.item ?? []);
  return items.map((item) => {
    const { Title, Description, PicUrl, Url } = flat(item);
    const lines = [Description, PicUrl, Url].filter(Boolean).map((line) => make("span", "line", line));
    return make("span", "card article", make("strong", "kind", icon("news"), Title ?? ""), ...lines);
  });
}

/** The texts of a reply by name, from all its levels; of several with one name the first. */
function flat(tree) {
  const texts = {};
  for (const [name, [first]] of Object.entries(tree)) {
    Object.assign(texts, typeof first === "object" ? flat(first) : { [name]: first });
  }
  return texts;
}
