// Calls the local server, which plays WeChat. An error is thrown with a line to show.

import { t } from "./words.js";

/** The server is not there: nothing was sent. */
export class ServerGone extends Error {}

/** The server is there, and the callback is not. */
export class CallbackGone extends Error {}

export const readConsole = () => ask("/api/console");

export const verify = (settings) => post("/api/verify", settings);

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
  if (!response) throw new ServerGone();
  if (response.status === 502) throw new CallbackGone();
  if (!response.ok) throw new Error(`${t("refused")}${t("colon")}${await response.text()}`);
  return response.json();
}
