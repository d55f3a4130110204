// The conversation: what you send goes to the simulator, which plays WeChat to the callback. Only textContent is written.

import { speak, switchLanguage, word } from "./words.js";
import { showXml } from "./wire.js";

const find = (id) => document.getElementById(id);
const [conversation, composer, box] = ["conversation", "composer", "text"].map(find);
let waiting = 0;
let shown = null;

async function send(type, fields) {
  const row = bubble("me", type, fields.Content ?? "");
  wait(1);
  try {
    const answer = await ask({ type, fields });
    fill(row, type, describe(type, answer.fields));
    show(answer, [row, ...receive(answer)]);
  } catch (error) {
    note(...(error.message ? ["", error.message] : ["gone"]));
  } finally {
    wait(-1);
  }
}

async function ask(message) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch("/send", { method: "POST", headers, body: JSON.stringify(message) }).catch(() => {
    throw new Error("");
  });
  if (!response.ok) throw new Error(`${word("refused")}: ${await response.text()}`);
  return response.json();
}

/** What the follower sees of an answer; returns the rows from which its XML can be looked up. */
function receive({ reply, seen }) {
  if (reply) return [bubble("account", reply.type, reply.text)];
  const button = element("button", "notice");
  const reason = element("small", "");
  Object.assign(reason.dataset, { cause: seen.cause, detail: seen.detail });
  button.type = "button";
  button.append(notice(seen.line ? "" : "silence", seen.line), reason);
  return [system(button)];
}

function describe(type, fields) {
  if (type === "location") return `${fields.Label}\n${fields.Location_X}, ${fields.Location_Y}`;
  if (type === "link") return `${fields.Title}\n${fields.Description}\n${fields.Url}`;
  return fields.Content ?? fields.MediaId;
}

function bubble(side, type, text) {
  const row = append("li", side);
  const face = element("span", "face");
  face.dataset.words = side === "me" ? "me" : "account";
  row.append(face, element("button", "bubble"));
  fill(row, type, text);
  return row;
}

function fill(row, type, text) {
  const button = row.querySelector("button");
  button.type = "button";
  const label = element("strong", `kind ${type}`);
  label.dataset.words = type;
  button.replaceChildren(...(type === "text" ? [] : [label]), element("span", type === "text" ? "" : "content", text));
  speak();
  scroll();
}

/** A line in grey, as WeChat itself speaks. */
function note(words, text = "") {
  const said = notice(words, text);
  said.classList.add("notice");
  system(said);
}

function notice(words, text) {
  const said = element("span", "", text);
  if (words) said.dataset.words = words;
  return said;
}

function system(content) {
  const row = append("li", "system");
  row.append(content);
  speak();
  scroll();
  return row;
}

function append(name, className) {
  const row = element(name, className);
  conversation.append(row);
  return row;
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function show(answer, rows) {
  const buttons = rows.map((row) => row.querySelector("button"));
  const open = () => {
    shown = answer;
    for (const other of conversation.querySelectorAll("[aria-pressed]")) other.ariaPressed = "false";
    for (const button of buttons) button.ariaPressed = "true";
    refresh();
  };
  for (const button of buttons) button.addEventListener("click", open);
  open();
  scroll();
}

function refresh() {
  find("title").textContent = word(waiting ? "typing" : "title");
  if (!shown) return;
  const facts = find("facts");
  delete facts.dataset.words;
  facts.textContent = `${shown.status ? `HTTP ${shown.status}` : word("noAnswer")} · ${shown.milliseconds} ms`;
  facts.classList.toggle("bad", shown.seen.what === "fault");
  find("xml").hidden = false;
  showXml(find("sent"), shown.sent_xml, word("noBody"));
  showXml(find("received"), shown.received, word("noBody"));
}

function wait(change) {
  waiting += change;
  refresh();
}

function scroll() {
  conversation.scrollTop = conversation.scrollHeight;
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = box.value;
  if (!text) return;
  box.value = "";
  send("text", { Content: text });
});

box.addEventListener("keydown", (event) => {
  const finished = event.key === "Enter" && !event.shiftKey && !event.isComposing; // an input method's Enter picks a word
  if (!finished) return;
  event.preventDefault();
  composer.requestSubmit();
});

for (const button of document.querySelectorAll("[data-sample]")) {
  button.addEventListener("click", () => send(button.dataset.sample, {}));
}

find("language").addEventListener("click", () => {
  switchLanguage();
  refresh();
});

note("start");
speak();
refresh();
