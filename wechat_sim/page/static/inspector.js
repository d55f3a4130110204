// Shows one exchange: in a sentence, step by step, and every document that was exchanged.

import { copyFrom } from "./copy.js";
import { startTabs } from "./deliveries.js";
import { find } from "./elements.js";
import { describeMessage, describeVerification } from "./sentence.js";
import { showSteps } from "./steps.js";
import { makeParts } from "./parts.js";
import { setText } from "./words.js";

const parts = makeParts(find("parts"));

let shown;

/** Offer what can be done with the message that is shown: `again` is given its exchange, `edit` its document. */
export function startTools({ again, edit }) {
  find("again").addEventListener("click", () => again(shown));
  find("edit").addEventListener("click", () => edit(shown.answer.sent.xml));
  find("curl").addEventListener("click", () => {
    const part = document.querySelector("[data-part=curl]");
    part.open = true;
    copyFrom(find("curl"), "curl", shown.answer.sent.curl, part.querySelector("pre"));
  });
}

/** Show what was asked and answered: a message with its deliveries, or a check of the URL. */
export function inspect(exchange) {
  const { asked, answer, sample, name } = exchange;
  shown = exchange;
  find("tools").hidden = !sample;
  const deliveries = answer.deliveries ?? [answer.exchange];
  const words = sample
    ? () => describeMessage({ asked, answer, sample, name })
    : () => describeVerification(asked.mode, answer);
  const sentence = setText(find("sentence"), words);
  sentence.dataset.what = answer.seen?.what ?? (answer.ok ? "reply" : "fault");
  find("exchange").hidden = false;
  sentence.parentElement.scrollTop = 0;
  startTabs(deliveries, (delivery) => showDelivery(delivery, answer.sent));
}

function showDelivery(delivery, sent) {
  showSteps(delivery);
  const trace = delivery.trace ?? { log: [], metrics: [], printed: [] };
  const event = trace.proxy_event;
  parts.show({
    sent: sent ? { opened: sent.xml, wire: sent.body } : {},
    received: { opened: delivery.opened, wire: delivery.received },
    query: { wire: (event?.rawQueryString ?? sent?.query ?? "").replaceAll("&", "\n&") },
    curl: { wire: sent?.curl ?? "" },
    event: { wire: json(event) },
    response: { wire: json(trace.proxy_response) },
    log: { wire: trace.log.join("\n") },
    metrics: { wire: trace.metrics.join("\n") },
    printed: { wire: trace.printed.join("\n") },
  });
}

const json = (value) => (value ? JSON.stringify(value, null, 2) : "");
