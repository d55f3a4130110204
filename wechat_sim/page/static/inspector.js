// Shows one exchange: in a sentence, step by step, and every document that went to and fro.

import { startTabs } from "./deliveries.js";
import { find } from "./elements.js";
import { describeMessage, describeVerification } from "./sentence.js";
import { showSteps } from "./steps.js";
import { makeParts } from "./parts.js";
import { say } from "./words.js";

const parts = makeParts(find("parts"));

/** Show what was asked and answered: a message with its deliveries, or a check of the URL. */
export function inspect({ asked, answer, sample, name }) {
  const deliveries = answer.deliveries ?? [answer.exchange];
  const words = sample
    ? () => describeMessage({ asked, answer, sample, name })
    : () => describeVerification(asked.mode, answer);
  const sentence = say(find("sentence"), words);
  sentence.dataset.what = answer.seen?.what ?? (answer.ok ? "reply" : "fault");
  find("exchange").hidden = false;
  sentence.parentElement.scrollTop = 0;
  startTabs(deliveries, (delivery) => showDelivery(delivery, answer.sent));
}

function showDelivery(delivery, sent) {
  showSteps(delivery);
  const { trace } = delivery;
  const event = trace.proxy_event;
  parts.show({
    sent: sent ? { opened: sent.xml, wire: sent.body } : {},
    received: { opened: delivery.opened, wire: delivery.received },
    query: { wire: (event?.rawQueryString ?? sent?.query ?? "").replaceAll("&", "\n&") },
    event: { wire: json(event) },
    response: { wire: json(trace.proxy_response) },
    log: { wire: trace.log.join("\n") },
    metrics: { wire: trace.metrics.join("\n") },
    printed: { wire: trace.printed.join("\n") },
  });
}

const json = (value) => (value ? JSON.stringify(value, null, 2) : "");
