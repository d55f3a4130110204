// Draws what a follower sends and sees. Texts are written as text nodes, and never become markup.

import { el, icon } from "./elements.js";
import { countRuns, describeCut, describeMistake, explain } from "./failures.js";
import { drawLinks, readTaps } from "./links.js";
import { explainCause, setText, t, tOr } from "./words.js";

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
    const runs = deliveries[0].trace ? countRuns(deliveries) : null;
    const ran = () => (runs === null ? "" : runs === 1 ? t("ranOnce") : t("ran", { runs }));
    conversation.note(() => [t(name, { count: deliveries.length }), ran()].filter(Boolean).join(t("gap")));
  }
  if (seen.what === "reply") {
    const fields = flat(reply.elements);
    rows.push(conversation.bubble("account", ...content(reply.type, fields, reply)));
    if (reply.type === "text") conversation.offer(readTaps(fields.Content ?? ""), onTap);
    if (describeCut(deliveries.at(-1))) conversation.note(() => t("cut"), "fault");
  } else {
    const kind = deliveries.at(-1).trace?.failure ? "fault" : seen.what;
    rows.push(conversation.event(kind, ...verdictLine(seen, deliveries.at(-1), forged)));
  }
  for (const note of seen.notes) conversation.note(() => explainCause(note.id));
  return rows;
}

function verdictLine(seen, last, forged) {
  const isMistake = seen.what === "nothing" && last.trace?.failure;
  const [symbol, words] = {
    nothing: [isMistake ? "fault" : null, () => t("nothing")],
    fault: ["fault", () => (forged ? t("forgeryTaken") : seen.line)],
    refused: ["shield", () => t("refusal")],
  }[seen.what];
  return [...(symbol ? [icon(symbol)] : []), setText(el("span"), words), setText(el("small"), () => describeMistake(last) || explain(seen, last))];
}

function eventLine(name, sample, fields) {
  const did = () => `${name} ${tOr(`sample.${sample.name}`, tOr(`event.${sample.event.toLowerCase()}`, ""))}`.trim();
  const more = [sample.event, fields.EventKey].filter(Boolean).join(" · ");
  return [icon("event"), setText(el("span"), did), el("small", "mono", more)];
}

function content(type, fields, reply = null) {
  if (type === "text") return [el("span", "said", ...(reply ? drawLinks(fields.Content ?? "") : [fields.Content ?? ""]))];
  if (type === "news") return articles(reply);
  const heading = el("strong", "kind", icon(symbol(type)), setText(el("span"), () => tOr(`type.${type}`, type)));
  const lines = description(type, fields).filter(Boolean);
  return [el("span", "card", heading, ...lines.map((line) => el("span", "line", line)))];
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
    const lines = [Description, PicUrl, Url].filter(Boolean).map((line) => el("span", "line", line));
    return el("span", "card article", el("strong", "kind", icon("news"), Title ?? ""), ...lines);
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
