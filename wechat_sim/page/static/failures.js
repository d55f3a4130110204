// Why the callback failed: what the user's code raised, what it logged and what it printed.

import { t, translateError, translatePhrase, why } from "./words.js";

/** Why it is seen as it is: the server's sentence, and the callback's own reason where it has given one. */
export const explain = (seen, delivery) => why({ ...seen, detail: reasonOf(delivery) || seen.detail });

/** The error in the user's own code, in a sentence with the place; empty where there is none. */
export function describeMistake(delivery) {
  const failure = delivery.trace?.failure;
  if (!failure) return "";
  const { error, text, place } = failure;
  const name = !delivery.trace.steps.length ? "mistake.load" : error === "InvalidReply" ? "mistake.reply" : "mistake.raised";
  const what = error === "InvalidReply" ? translateError(text) : [error, text].filter(Boolean).join(t("colon"));
  return t(name, { what: [what, place].filter(Boolean).join(t("comma")) });
}

/** In which step a delivery failed and why, in a sentence; nothing where all went well. */
export function describeFailure(delivery) {
  if (!delivery.trace) return "";
  const running = delivery.trace.steps.some((step) => step.state === "running" && step.name === "respond");
  if (running) return t("stillRunning");
  if (!isFailure(delivery)) return describeCut(delivery);
  if (delivery.trace.failure) return `${describeMistake(delivery)}${t("stop")}`;
  const failed = delivery.trace.steps.find((step) => step.state === "failed");
  const { reason, hint } = written(delivery);
  const isForged = delivery.seen?.what === "refused"; // then there is nothing to fix
  const told = [reason || t("seeOutput"), isForged ? "" : hint].filter(Boolean).join(t("colon"));
  return failed
    ? t("brokeAt", { step: t(`step.${failed.name}`), reason: told })
    : t("brokeBefore", { reason: told });
}

/** That the reply was longer than the platform allows, and is not what the function returned. */
export const describeCut = ({ trace }) => (entries(trace).some((entry) => entry.cut) ? t("cut") : "");

/** How often the user's function ran: a delivery may be answered from the store instead. */
export const countRuns = (deliveries) =>
  deliveries.filter(
    ({ trace }) =>
      trace?.steps.some((step) => step.name === "respond") &&
      !entries(trace).some((entry) => entry.retry === "RetriesAnswered"),
  ).length;

const reasonOf = (delivery) => (delivery.trace && isFailure(delivery) ? written(delivery).reason : "");

const isFailure = ({ trace: { steps, failure } }) => Boolean(failure) || steps.some((step) => step.state === "failed");

/** What the user's code raised; or else what the log says; or else the last line that was printed. */
function written({ trace }) {
  const { failure, printed } = trace;
  if (failure) return { reason: [failure.error, failure.place].filter(Boolean).join(" · "), hint: "" };
  const entry = entries(trace).findLast((line) => line.reason);
  if (!entry) return { reason: printed.findLast((line) => line.trim())?.trim() ?? "", hint: "" };
  return { reason: translateError(entry.reason), hint: translatePhrase(entry.hint ?? "") };
}

const entries = (trace) => (trace?.log ?? []).map((line) => JSON.parse(line));
