// Faults for the next message: chosen with a button, and switched off once it has been sent.

import { find } from "./elements.js";
import { setText, t } from "./words.js";

const buttons = [...document.querySelectorAll("[data-fault]")];
const chosen = () => buttons.filter((button) => button.ariaPressed === "true").map((button) => button.dataset.fault);

for (const button of buttons) {
  button.addEventListener("click", () => {
    button.ariaPressed = String(button.ariaPressed !== "true");
    refresh();
  });
}

function refresh() {
  const names = chosen();
  setText(find("fault"), () => names.map((name) => t(`fault.${name}`)).join(t("gap")));
}

/** The chosen faults in the form that the server takes; afterwards none is chosen. */
export function takeFaults() {
  const taken = chosen();
  for (const button of buttons) button.ariaPressed = "false";
  refresh();
  const again = taken.includes("twice") || taken.includes("slow");
  return { lost: Number(again), slow: taken.includes("slow"), forged: taken.includes("forged") };
}
