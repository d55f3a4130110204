// The page: what you send goes to the local server, which plays WeChat; what comes of it is shown in two places.

import { arms } from "./arms.js";
import { drawAnswer, drawSent } from "./bubbles.js";
import { startChooser } from "./chooser.js";
import { startComposer } from "./composer.js";
import { chosenMode, forgetVerdict, showVerdict, startMode } from "./console.js";
import { Conversations } from "./conversations.js";
import { find, make } from "./elements.js";
import { inspect } from "./inspector.js";
import { showPane, startPanes } from "./panes.js";
import * as server from "./server.js";
import { learn, say, speak, switchLanguage, word } from "./words.js";

/** Send a sample with these texts in it, and show what the follower sees and what happened. */
async function send(conversations, sample, fields, onTap) {
  const conversation = conversations.chosen;
  const asked = { sample: sample.name, fields, follower: conversation.follower.openid, mode: chosenMode(), ...arms.take() };
  forgetVerdict();
  const rows = drawSent(conversation, sample, { ...sample.fields, ...fields }, asked);
  const done = conversations.wait(conversation, asked.slow);
  try {
    const answer = await server.send(asked);
    done();
    rows.push(...drawAnswer(conversation, answer, asked, onTap));
    show(conversations, rows, { sample, asked, answer, name: conversation.follower.name });
  } catch (error) {
    done();
    conversation.note(() => error.message);
  }
}

/** Show an exchange, now and when one of its rows is chosen. */
function show(conversations, rows, exchange) {
  const buttons = rows.map((row) => row.querySelector("button")).filter(Boolean);
  const open = () => {
    conversations.press(buttons);
    inspect(exchange);
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      open();
      showPane("inspector");
    });
  }
  open();
}

async function verify() {
  const mode = chosenMode();
  try {
    const answer = await server.verify(mode);
    showVerdict(answer);
    inspect({ asked: { mode }, answer });
  } catch (error) {
    say(find("verdict"), () => error.message);
  }
}

async function start() {
  speak();
  const settings = await server.readConsole();
  learn(settings.texts);
  const account = find("account");
  const conversations = new Conversations(settings.followers, (waiting) =>
    say(account, () => word(waiting ? "typing" : `account.${settings.account}`)),
  );
  const samples = new Map(settings.samples.map((sample) => [sample.name, sample]));
  const sendTap = (fields) => sendSample("text_menu_click", fields);
  const sendSample = (name, fields) => send(conversations, samples.get(name), fields, sendTap);
  const choose = startChooser(settings.samples, sendSample);
  startMode(settings);
  startPanes();
  startComposer(sendSample, choose);
  find("verify").addEventListener("click", verify);
}

find("language").addEventListener("click", switchLanguage);

start().catch((error) => find("conversations").append(make("p", "notice", error.message)));
