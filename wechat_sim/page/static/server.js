// Asks the local server, which plays WeChat. What goes wrong is thrown, as a line to show.

import { word } from "./words.js";

export const readConsole = () => ask("/api/console");

export const verify = (mode) => post("/api/verify", { mode });

export const send = (message) => post("/api/send", message);

/** The key to a server that others can reach; the URL that it printed has it behind the #. */
const key = new URLSearchParams(location.hash.slice(1)).get("key");
const authorization = key ? { Authorization: `Bearer ${key}` } : {};

function post(path, content) {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(content) });
}

async function ask(path, { headers, ...options } = {}) {
  const response = await fetch(path, { ...options, headers: { ...headers, ...authorization } }).catch(() => null);
  if (!response) throw new Error(word("gone"));
  if (!response.ok) throw new Error(`${word("refused")}${word("colon")}${await response.text()}`);
  return response.json();
}
