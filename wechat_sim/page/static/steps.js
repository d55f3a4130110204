// The steps that a request went through in the callback, each with its milliseconds; and why one of them failed.

import { el, find } from "./elements.js";
import { describeFailure } from "./failures.js";
import { setText, t } from "./words.js";

const STEPS = ["read", "open", "parse", "respond", "render", "seal", "write"];
const OF_A_CHECK = ["read", "verify", "write"];

export function showSteps(delivery) {
  const { steps, proxy_event: event } = delivery.trace ?? { steps: [] };
  find("inside").hidden = !delivery.trace;
  const isCheck = event?.requestContext?.http?.method === "GET";
  const longest = Math.max(...steps.map((step) => step.milliseconds), 0.001);
  const all = (isCheck ? OF_A_CHECK : STEPS).map((name) => steps.find((step) => step.name === name) ?? { name });
  find("steps").replaceChildren(...all.map((step) => drawStep(step, longest)));
  setText(find("reason"), () => describeFailure(delivery));
}

function drawStep(step, longest) {
  const state = step.state ?? "skipped";
  const bar = el("span", "bar");
  bar.style.setProperty("--share", state === "run" ? step.milliseconds / longest : Number(state !== "skipped"));
  const time = () => (state === "run" ? t("milliseconds", step) : t(state));
  return el("li", state, setText(el("span", "name"), `step.${step.name}`), bar, setText(el("span", "time"), time));
}
