// The steps that a request went through in the callback, each with its milliseconds; and why one of them failed.

import { find, make } from "./elements.js";
import { say, word } from "./words.js";

const STEPS = ["read", "open", "parse", "respond", "render", "seal", "write"];
const OF_A_CHECK = ["read", "verify", "write"];

export function showSteps(delivery) {
  const { steps } = delivery.trace;
  const isCheck = delivery.trace.proxy_event?.requestContext?.http?.method === "GET";
  const longest = Math.max(...steps.map((step) => step.milliseconds), 0.001);
  const all = (isCheck ? OF_A_CHECK : STEPS).map((name) => steps.find((step) => step.name === name) ?? { name });
  find("steps").replaceChildren(...all.map((step) => drawStep(step, longest)));
  const reason = find("reason");
  reason.hidden = !isFailure(delivery);
  say(reason, () => describeFailure(delivery));
}

function drawStep(step, longest) {
  const state = step.failed ? "failed" : step.milliseconds === undefined ? "skipped" : "run";
  const bar = make("span", "bar");
  bar.style.setProperty("--share", state === "run" ? step.milliseconds / longest : Number(step.failed ?? 0));
  const time = () => (state === "run" ? word("milliseconds", step) : word(state));
  return make("li", state, say(make("span", "name"), `step.${step.name}`), bar, say(make("span", "time"), time));
}

const failedStep = ({ trace }) => trace.steps.find((step) => step.failed);
const hasCrashed = ({ trace }) => !trace.steps.length && trace.printed.length > 0;
const isFailure = (delivery) => Boolean(failedStep(delivery)) || hasCrashed(delivery);

/** In which step it failed and why, in a sentence; nothing where all went well. */
function describeFailure(delivery) {
  const step = failedStep(delivery);
  const reason = reasonOf(delivery) || word("seeOutput");
  if (step) return word("brokeAt", { step: word(`step.${step.name}`), reason });
  return hasCrashed(delivery) ? word("brokeBefore", { reason }) : "";
}

/** Why a step failed, in the words of the log; or the last line that was printed. */
export function reasonOf(delivery) {
  if (!isFailure(delivery)) return "";
  const written = delivery.trace.log.map((line) => JSON.parse(line)).findLast((line) => line.reason || line.error);
  if (written?.reason) return [written.reason, written.mend].filter(Boolean).join(word("colon"));
  if (written) return [written.error, placeOf(written.stack)].filter(Boolean).join(" · ");
  return delivery.trace.printed.findLast((line) => line.trim())?.trim() ?? "";
}

/** The last place of a stack, without the folders before it. */
const placeOf = (stack) => stack?.at(-1)?.split("/").at(-1);
