// The deliveries of a message as tabs: WeChat delivers again what is not answered in time.

import { el, find } from "./elements.js";
import { setText, t } from "./words.js";

/** Show the last delivery, and each of them when its tab is chosen. */
export function startTabs(deliveries, show) {
  const tabs = deliveries.map((delivery, index) => makeTab(delivery, index + 1));
  const choose = (chosen) => {
    tabs.forEach((tab, index) => {
      tab.ariaSelected = String(index === chosen);
      tab.tabIndex = index === chosen ? 0 : -1;
    });
    show(deliveries[chosen]);
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => choose(index));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const next = tabs[index + step];
      if (!next) return;
      choose(index + step);
      next.focus();
    });
  });
  find("deliveries").replaceChildren(...tabs);
  find("deliveries").hidden = tabs.length < 2;
  const panel = find("delivery");
  panel.role = tabs.length > 1 ? "tabpanel" : null;
  choose(tabs.length - 1);
}

function makeTab(delivery, number) {
  const tab = el("button");
  Object.assign(tab, { role: "tab", id: `delivery-${number}` });
  tab.setAttribute("aria-controls", "delivery");
  return setText(tab, () => t(delivery.lost ? "deliveryLost" : "delivery", { number }));
}
