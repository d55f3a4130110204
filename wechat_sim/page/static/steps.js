// The steps that a request went through in the callback, each with its milliseconds; and why one of them failed.

import { find, make } from "./elements.js";
import { describeFailure } from "./failures.js";
import { say, word } from "./words.js";

const STEPS = ["read", "open", "parse", "respond", "render", "seal", "write"];
const OF_A_CHECK = ["read", "verify", "write"];

export function showSteps(delivery) {
  const { steps } = delivery.trace;
  const isCheck = delivery.trace.proxy_event?.requestContext?.http?.method === "GET";
  const longest = Math.max(...steps.map((step) => step.milliseconds), 0.001);
  const all = (isCheck ? OF_A_CHECK : STEPS).map((name) => steps.find((step) => step.name === name) ?? { name });
  find("steps").replaceChildren(...all.map((step) => drawStep(step, longest)));
  say(find("reason"), () => describeFailure(delivery));
}

function drawStep(step, longest) {
  const state = step.state ?? "skipped";
  const bar = make("span", "bar");
  bar.style.setProperty("--share", state === "run" ? step.milliseconds / longest : Number(state !== "skipped"));
  const time = () => (state === "run" ? word("milliseconds", step) : word(state));
  return make("li", state, say(make("span", "name"), `step.${step.name}`), bar, say(make("span", "time"), time));
}
