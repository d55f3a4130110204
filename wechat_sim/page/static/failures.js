// Why something did not go well in the callback, by what it logged and printed.

import { why, word } from "./words.js";

/** Why it is seen as it is: the server's phrase, and the callback's own reason where it has given one. */
export const explain = (seen, delivery) => why({ ...seen, detail: reasonOf(delivery) || seen.detail });

/** In which step a delivery failed and why, in a sentence; nothing where all went well. */
export function describeFailure(delivery) {
  if (!isFailure(delivery)) return "";
  const failed = delivery.trace.steps.find((step) => step.state === "failed");
  const { reason, hint } = written(delivery);
  const isForged = delivery.seen?.what === "refused"; // then there is nothing to fix
  const told = [reason || word("seeOutput"), isForged ? "" : hint].filter(Boolean).join(word("colon"));
  return failed
    ? word("brokeAt", { step: word(`step.${failed.name}`), reason: told })
    : word("brokeBefore", { reason: told });
}

const reasonOf = (delivery) => (isFailure(delivery) ? written(delivery).reason : "");

const isFailure = ({ trace: { steps, printed } }) =>
  steps.some((step) => step.state === "failed") || (!steps.length && printed.length > 0);

/** What the log says of it; or else the last line that was printed. */
function written({ trace: { log, printed } }) {
  const entry = log.map((line) => JSON.parse(line)).findLast((line) => line.reason || line.error);
  if (!entry) return { reason: printed.findLast((line) => line.trim())?.trim() ?? "", hint: "" };
  const { error, stack, reason = [error, placeOf(stack)].filter(Boolean).join(" · "), hint = "" } = entry;
  return { reason, hint };
}

/** The last place of a stack, without the folders before it. */
const placeOf = (stack) => stack?.at(-1)?.split("/").at(-1);
