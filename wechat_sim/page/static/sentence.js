// An exchange in one sentence: what was sent, what came back, and why.

import { explain } from "./failures.js";
import { explainCause, quoteConsole, t, tOr } from "./words.js";

export function describeMessage({ asked, answer, sample, name }) {
  const last = answer.deliveries.at(-1);
  const what = [tOr(`type.${sample.msg_type}`, sample.msg_type), sample.event].filter(Boolean).join(" ");
  const sentence = [t(asked.forged ? "sentForged" : "sentMessage", { what, name, mode: modeName(asked.mode) })];
  if (answer.deliveries.length > 1) sentence.push(t("deliveredTimes", { count: answer.deliveries.length }));
  sentence.push(describeAnswer(last, outcomeOf(answer, last, asked)));
  for (const note of answer.seen.notes) sentence.push(t("noted", { note: explainCause(note.id) }));
  return sentence.join(t("gap"));
}

export function describeVerification(mode, answer) {
  const message = quoteConsole(answer.console);
  const outcome = answer.ok
    ? t("consoleConfirms", { message })
    : t("consoleRefuses", { message, why: explain(answer, answer.exchange) });
  return [t("sentCheck", { mode: modeName(mode) }), describeAnswer(answer.exchange, outcome)].join(t("gap"));
}

function outcomeOf({ seen, reply }, last, { forged }) {
  if (seen.what === "reply") return tOr(`sees.${reply.type}`, reply.type);
  const why = explain(seen, last);
  if (forged) return why;
  return t(seen.what === "fault" ? "seesFault" : "seesNothing", { why });
}

function describeAnswer({ status, milliseconds }, outcome) {
  return t(status ? "answered" : "unanswered", { status, milliseconds: Math.round(milliseconds), outcome });
}

const modeName = (mode) => t(`mode.${mode}`).toLowerCase();
