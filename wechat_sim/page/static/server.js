// Asks the local server, which plays WeChat. What goes wrong is thrown, as a line to show.

import { word } from "./words.js";

export const readConsole = () => ask("/api/console");

export const verify = (mode) => post("/api/verify", { mode });

export const send = (message) => post("/api/send", message);

function post(path, content) {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(content) });
}

async function ask(path, options) {
  const response = await fetch(path, options).catch(() => null);
  if (!response) throw new Error(word("gone"));
  if (!response.ok) throw new Error(`${word("refused")}${word("colon")}${await response.text()}`);
  return response.json();
}
