// The page: what you send goes to the local server, which plays WeChat; the outcome is shown in two places.

import { showGone, startBanner } from "./banner.js";
import { drawAnswer, drawSent } from "./bubbles.js";
import { startChooser } from "./chooser.js";
import { startComposer } from "./composer.js";
import { forgetVerdict, readSettings, showVerdict, startMode, startSwitches } from "./console.js";
import { Conversations } from "./conversations.js";
import { describeXml, startEditor } from "./editor.js";
import { el, find } from "./elements.js";
import { takeFaults } from "./faults.js";
import { forget, recall, remember } from "./history.js";
import { inspect, startTools } from "./inspector.js";
import { showPane, startPanes } from "./panes.js";
import * as server from "./server.js";
import { makeWelcome } from "./welcome.js";
import { learn, setText, speak, switchLanguage, t } from "./words.js";

class Page {
  #settings;
  #conversations;
  #samples;

  constructor(settings) {
    this.#settings = settings;
    this.#samples = new Map(settings.samples.map((sample) => [sample.name, sample]));
    const account = find("account");
    this.#conversations = new Conversations(
      settings.followers,
      (waiting) => setText(account, () => t(waiting ? "typing" : `account.${settings.account}`)),
      () => makeWelcome(settings, this.#attempts()),
    );
    for (const exchange of recall()) this.#draw(exchange);
    this.#conversations.scroll();
    find("clear").addEventListener("click", () => {
      forget();
      location.reload();
    });
  }

  /** Send a sample with these texts in it. */
  sendSample(name, fields, faults = takeFaults()) {
    return this.#send({ sample: name, fields, follower: this.#conversations.chosen.follower.openid, ...faults });
  }

  /** Send a document as it is. */
  sendXml(xml) {
    return this.#send({ xml, follower: this.#conversations.chosen.follower.openid, ...takeFaults() });
  }

  /** Send the same content again, as a new message. */
  sendAgain({ asked }) {
    return this.#send(asked);
  }

  async verify() {
    const settings = readSettings();
    try {
      const answer = await server.verify(settings);
      showVerdict(answer);
      inspect({ asked: settings, answer });
    } catch (error) {
      this.#complain(error, (words) => setText(find("verdict"), words));
    }
  }

  /** Send a message, show what the follower sees and what happened, and keep it; returns whether it could be sent. */
  async #send(wanted) {
    const asked = { ...wanted, ...readSettings() };
    forgetVerdict();
    const conversation = this.#conversations.of(asked.follower);
    const rows = drawSent(conversation, this.#sampleOf(asked), this.#fieldsOf(asked), asked);
    const done = this.#conversations.wait(conversation, asked.slow);
    try {
      const answer = await server.send(asked);
      done();
      remember({ asked, answer });
      this.#show(conversation, rows, { asked, answer })();
      return true;
    } catch (error) {
      done();
      this.#complain(error, (words) => conversation.note(words, "fault"));
      if (error instanceof server.ServerGone) rows[0].remove();
      return false;
    }
  }

  /** Draw an exchange that was kept. */
  #draw({ asked, answer }) {
    const conversation = this.#conversations.of(asked.follower);
    const rows = drawSent(conversation, this.#sampleOf(asked), this.#fieldsOf(asked), asked);
    this.#show(conversation, rows, { asked, answer });
  }

  /** Show the outcome of a message, and its exchange when one of its rows is chosen; returns a function that shows it. */
  #show(conversation, rows, { asked, answer }) {
    rows.push(...drawAnswer(conversation, answer, asked, (fields) => this.sendSample("text_menu_click", fields)));
    const exchange = { asked, answer, sample: this.#sampleOf(asked), name: conversation.follower.name };
    const buttons = rows.map((row) => row.querySelector("button")).filter(Boolean);
    const open = () => {
      this.#conversations.press(buttons);
      inspect(exchange);
    };
    for (const button of buttons) {
      button.addEventListener("click", () => {
        open();
        showPane("inspector");
      });
    }
    return open;
  }

  #complain(error, show) {
    const { url, command } = this.#settings;
    if (error instanceof server.ServerGone) showGone(command);
    else show(error instanceof server.CallbackGone ? () => t("unreachable", { url }) : () => error.message);
  }

  #sampleOf = ({ sample, xml }) => (xml === undefined ? this.#samples.get(sample) : describeXml(xml));

  #fieldsOf = (asked) => ({ ...this.#sampleOf(asked).fields, ...asked.fields });

  #attempts = () => ({
    text: () => this.sendSample("text", { Content: t("hello") }),
    subscribe: () => this.sendSample("event_subscribe", {}),
    forged: () => this.sendSample("text", { Content: t("hello") }, { lost: 0, slow: false, forged: true }),
  });
}

async function start() {
  speak();
  startBanner();
  const settings = await server.readConsole();
  learn(settings.texts);
  startMode(settings);
  startSwitches(settings);
  startPanes();
  const page = new Page(settings);
  const sendSample = (name, fields) => page.sendSample(name, fields);
  startComposer(sendSample, startChooser(settings.samples, sendSample));
  startTools({ again: (exchange) => page.sendAgain(exchange), edit: startEditor((xml) => page.sendXml(xml)) });
  find("verify").addEventListener("click", () => page.verify());
}

find("language").addEventListener("click", switchLanguage);

start().catch((error) => find("conversations").append(el("p", "notice", error.message || t("gone", { command: "wechat-sim serve" }))));
