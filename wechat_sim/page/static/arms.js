// What is to go wrong with the next message: armed with a button, and taken off once it has been sent.

import { find } from "./elements.js";
import { say, word } from "./words.js";

const buttons = [...document.querySelectorAll("[data-arm]")];
const armed = () => buttons.filter((button) => button.ariaPressed === "true").map((button) => button.dataset.arm);

for (const button of buttons) {
  button.addEventListener("click", () => {
    button.ariaPressed = String(button.ariaPressed !== "true");
    refresh();
  });
}

function refresh() {
  const arms = armed();
  say(find("armed"), () => arms.map((arm) => word(`armed.${arm}`)).join(word("gap")));
}

export const arms = {
  /** What is armed, as the server wants it told. */
  take() {
    const taken = armed();
    for (const button of buttons) button.ariaPressed = "false";
    refresh();
    const again = taken.includes("twice") || taken.includes("slow");
    return { lost: Number(again), slow: taken.includes("slow"), forged: taken.includes("forged") };
  },
};
