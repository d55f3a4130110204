// The window for choosing an event, or any other message, and changing its content.

import { el, find } from "./elements.js";
import { setText, t, tOr } from "./words.js";

const COMMON = [
  "event_subscribe",
  "event_subscribe_scene_string",
  "event_unsubscribe",
  "event_scan",
  "event_click",
  "event_view",
  "event_location",
];

/** Returns a function that opens the window, given what to do once it was used; `send` gets the chosen sample and its new texts. */
export function startChooser(samples, send) {
  const [chooser, filter, list] = ["chooser", "filter", "sample"].map(find);
  const chosen = () => samples.find((sample) => sample.name === list.value);
  const refresh = () => {
    fill(list, samples, filter.value.trim().toLowerCase());
    showFields(chosen());
  };
  filter.addEventListener("input", refresh);
  filter.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") list.focus();
  });
  list.addEventListener("change", () => showFields(chosen()));
  find("cancel").addEventListener("click", () => chooser.close());
  let onSent;
  chooser.addEventListener("close", () => {
    if (chooser.returnValue !== "send" || !chosen()) return;
    onSent();
    send(list.value, readFields());
  });
  return (afterSending) => {
    onSent = afterSending;
    filter.value = "";
    refresh();
    chooser.returnValue = "";
    chooser.showModal();
    filter.focus();
  };
}

function fill(list, samples, wanted) {
  const found = samples.filter((sample) => label(sample).toLowerCase().includes(wanted));
  const events = found.filter((sample) => sample.event);
  const common = COMMON.map((name) => events.find((sample) => sample.name === name)).filter(Boolean);
  const others = events.filter((sample) => !common.includes(sample));
  const messages = found.filter((sample) => !sample.event);
  const groups = { common, events: others, messages };
  list.replaceChildren(...Object.entries(groups).flatMap(([name, members]) => group(t(name), members)));
  list.selectedIndex = found.length ? 0 : -1;
}

function group(name, members) {
  if (!members.length) return [];
  const made = el("optgroup");
  made.label = name;
  made.append(...members.map((sample) => new Option(label(sample), sample.name)));
  return [made];
}

/** What a sample is called: what the follower does, which tells it from others, and its names on the wire and here. */
function label({ name, msg_type: type, event }) {
  const called = event || type;
  const does = tOr(`sample.${name}`, tOr(event ? `event.${event.toLowerCase()}` : `type.${type}`, ""));
  const own = name.replace(/^event_/, "");
  const isVariant = own.startsWith(called.toLowerCase()); // then what differs comes soon, for a narrow list cuts the end off
  return [does, isVariant ? called + own.slice(called.length) : called, isVariant ? "" : own].filter(Boolean).join(" · ");
}

function showFields(sample) {
  const fields = Object.entries(sample?.fields ?? {});
  find("fields").replaceChildren(...(fields.length ? fields.map(field) : [setText(el("p", "why"), "noFields")]));
}

function field([name, text]) {
  const input = el("input");
  Object.assign(input, { name, value: text, defaultValue: text, autocomplete: "off", spellcheck: false });
  return el("label", "", el("span", "mono", name), input);
}

/** What was changed, by name. */
function readFields() {
  const changed = [...find("fields").querySelectorAll("input")].filter((input) => input.value !== input.defaultValue);
  return Object.fromEntries(changed.map((input) => [input.name, input.value]));
}
