// An exchange in one sentence: what was sent, what came back, and why.

import { explain } from "./failures.js";
import { explainCause, quoteConsole, word, wordOr } from "./words.js";

export function describeMessage({ asked, answer, sample, name }) {
  const last = answer.deliveries.at(-1);
  const what = [wordOr(`type.${sample.msg_type}`, sample.msg_type), sample.event].filter(Boolean).join(" ");
  const sentence = [word(asked.forged ? "sentForged" : "sentMessage", { what, name, mode: modeName(asked.mode) })];
  if (answer.deliveries.length > 1) sentence.push(word("deliveredTimes", { count: answer.deliveries.length }));
  sentence.push(describeAnswer(last, outcomeOf(answer, last, asked)));
  for (const note of answer.seen.notes) sentence.push(word("noted", { note: explainCause(note.id) }));
  return sentence.join(word("gap"));
}

export function describeVerification(mode, answer) {
  const message = quoteConsole(answer.console);
  const outcome = answer.ok
    ? word("consoleHears", { message })
    : word("consoleRefuses", { message, why: explain(answer, answer.exchange) });
  return [word("sentCheck", { mode: modeName(mode) }), describeAnswer(answer.exchange, outcome)].join(word("gap"));
}

function outcomeOf({ seen, reply }, last, { forged }) {
  if (seen.what === "reply") return wordOr(`sees.${reply.type}`, reply.type);
  const why = explain(seen, last);
  if (forged) return why;
  return word(seen.what === "fault" ? "seesFault" : "seesNothing", { why });
}

function describeAnswer({ status, milliseconds }, outcome) {
  return word(status ? "answered" : "unanswered", { status, milliseconds: Math.round(milliseconds), outcome });
}

const modeName = (mode) => word(`mode.${mode}`).toLowerCase();
