// An exchange in one sentence: what was sent, what came back, and why.

import { consoleLine } from "./console.js";
import { phrase, why, word, wordOr } from "./words.js";

export function describeMessage({ asked, answer, sample, name }, reason) {
  const last = answer.deliveries.at(-1);
  const what = [wordOr(`type.${sample.msg_type}`, sample.msg_type), sample.event].filter(Boolean).join(" ");
  const sentence = [word(asked.forged ? "sentForged" : "sentMessage", { what, name, mode: modeName(asked.mode) })];
  if (answer.deliveries.length > 1) sentence.push(word("deliveredTimes", { count: answer.deliveries.length }));
  sentence.push(describeAnswer(last, outcomeOf(answer, reason)));
  for (const note of answer.seen.notes) sentence.push(word("noted", { note: phrase(note) }));
  return sentence.join(word("gap"));
}

export function describeVerification(mode, answer, reason) {
  const explained = answer.ok ? "" : ` (${[why(answer), reason].filter(Boolean).join(word("comma"))})`;
  const outcome = word("consoleHears", { console: consoleLine(answer) }) + explained;
  return [word("sentCheck", { mode: modeName(mode) }), describeAnswer(answer.exchange, outcome)].join(word("gap"));
}

function outcomeOf({ seen, reply }, reason) {
  const told = { ...seen, detail: reason || seen.detail };
  switch (seen.what) {
    case "reply":
      return wordOr(`sees.${reply.type}`, reply.type);
    case "nothing":
      return word("seesNothing", { why: why(told) });
    case "fault":
      return seen.line ? word("seesFault", { why: why(told) }) : why(told);
  }
  return why(told);
}

function describeAnswer({ status, milliseconds }, outcome) {
  return word(status ? "answered" : "unanswered", { status, milliseconds: Math.round(milliseconds), outcome });
}

const modeName = (mode) => word(`mode.${mode}`).toLowerCase();
