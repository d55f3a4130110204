// Callbacks as people write them with Express, and with the `wechat` middleware of node-webot: each under its name.

const crypto = require("node:crypto");
const zlib = require("node:zlib");
const express = require("express");
const wechat = require("wechat");

const TOKEN = "SampleToken";
const ACCOUNT = { token: TOKEN, appid: "wx2c2769f8efd9abc2", encodingAESKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG" };

const sha1 = (text) => crypto.createHash("sha1").update(text).digest("hex");
const sign = ({ timestamp, nonce }, token = TOKEN) => sha1([token, timestamp, nonce].sort().join(""));
const field = (xml, name) => new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^<\\]]*)`).exec(xml)?.[1] ?? "";
const reply = (xml, content, { time = Math.floor(Date.now() / 1000), swap = true } = {}) => {
  const [to, by] = swap ? ["FromUserName", "ToUserName"] : ["ToUserName", "FromUserName"];
  return (
    `<xml><ToUserName><![CDATA[${field(xml, to)}]]></ToUserName><FromUserName><![CDATA[${field(xml, by)}]]></FromUserName>` +
    `<CreateTime>${time}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${content}]]></Content></xml>`
  );
};

const app = express();
app.disable("x-powered-by");

/** A callback: how it checks a signature, verifies the URL and answers a message. */
function callback(name, { check = (q) => q.signature === sign(q), verify, answer, refuse } = {}) {
  const guard = (req, res, next) => {
    if (check(req.query)) return next();
    return refuse ? refuse(res) : res.status(403).send("invalid signature");
  };
  app.get(`/wx/${name}`, guard, (req, res) => (verify ?? ((q, r) => r.send(q.echostr)))(req.query, res));
  app.post(`/wx/${name}`, express.text({ type: () => true, limit: "1mb" }), guard, (req, res) => {
    const content = field(req.body, "Content");
    if (!content || field(req.body, "MsgType") !== "text") return res.type("text").send("success");
    return (answer ?? ((xml, r, text) => r.type("xml").send(reply(xml, text))))(req.body, res, content);
  });
}

// healthy
callback("plain");
callback("type-plain", { verify: (q, r) => r.type("text").send(q.echostr) });
callback("milliseconds-in-reply", { answer: (xml, r, text) => r.send(reply(xml, text, { time: Date.now() })) });
callback("digits-as-json", { verify: (q, r) => r.type("json").send(q.echostr) });
callback("empty-answer", { answer: (_, r) => r.end() });
callback("refuses-with-200", { refuse: (r) => r.send("error") });
callback("throws-on-forgery", { refuse: (r) => r.status(500).send("Error: invalid signature") });
const middleware = (config) => wechat(config, (req, res) => res.reply(req.weixin.MsgType === "text" ? req.weixin.Content : ""));
app.use("/wx/middleware", middleware(TOKEN));
app.use("/wx/middleware-safe", middleware(ACCOUNT));

// the check of the URL
callback("json", { verify: (q, r) => r.json(q.echostr) });
callback("object", { verify: (q, r) => r.json({ echostr: q.echostr }) });
callback("number", { verify: (q, r) => r.json(Number(q.echostr)) });
callback("parse-int", { verify: (q, r) => r.send(String(parseInt(q.echostr, 10))) });
callback("base64", { verify: (q, r) => r.send(Buffer.from(q.echostr).toString("base64")) });
callback("token-of-a-file", { check: (q) => q.signature === sign(q, `${TOKEN}\n`) });
callback("token-of-windows", { check: (q) => q.signature === sign(q, `${TOKEN}\r\n`) });
callback("unsorted", { check: (q) => q.signature === sha1(TOKEN + q.timestamp + q.nonce) });
callback("sorted-as-numbers", {
  check: (q) => q.signature === sha1([q.timestamp, q.nonce].sort((a, b) => a - b).join("") + TOKEN),
});
callback("fixed-order", { check: (q) => q.signature === sha1(q.timestamp + q.nonce + TOKEN) });
callback("milliseconds", { check: (q) => q.signature === sign(q) && Math.abs(Date.now() - q.timestamp) < 300000 });
callback("echostr-signed", {
  check: (q) => q.signature === sha1([TOKEN, q.timestamp, q.nonce, q.echostr].sort().join("")),
});
callback("gzip", {
  verify: (q, r) => r.set("Content-Encoding", "gzip").send(zlib.gzipSync(q.echostr)),
});
let turn = 0;
callback("every-second", { verify: (q, r) => (turn++ % 2 ? r.status(500).send("Error: read ECONNRESET") : r.send(q.echostr)) });
let instance = 0;
callback("two-instances", { check: (q) => q.signature === sign(q, instance++ % 3 ? TOKEN : "OldToken") });
app.use("/wx/single-page", (_, res) =>
  res.send('<!doctype html><html><head><title>Shop</title></head><body><div id="root"></div></body></html>'),
);
app.get("/wx/login", (_, res) => res.redirect("/users/sign_in"));
app.get("/wx/crash", (req, res) => res.send(req.query.missing.echostr));

// a message
app.get("/wx/get-only", (req, res) => res.send(sign(req.query) === req.query.signature ? req.query.echostr : ""));
app.get("/wx/parsed-as-json", (req, res) => res.send(sign(req.query) === req.query.signature ? req.query.echostr : ""));
app.post("/wx/parsed-as-json", express.json({ type: () => true }), (req, res) => res.send(reply(req.body.xml, "hi")));
app.get("/wx/no-body-parser", (req, res) => res.send(sign(req.query) === req.query.signature ? req.query.echostr : ""));
app.post("/wx/no-body-parser", express.json(), (req, res) => res.send(reply(req.body.xml.toString(), "hi")));
callback("unswapped", { answer: (xml, r, text) => r.send(reply(xml, text, { swap: false })) });
callback("json-reply", { answer: (xml, r, text) => r.json({ MsgType: "text", Content: text }) });
callback("json-success", { answer: (_, r) => r.json("success") });
callback("quits", { answer: (_, r) => r.destroy() });
callback("slow", { answer: (xml, r, text) => setTimeout(() => r.send(reply(xml, text)), 6000) });
callback("compressed", { answer: (xml, r, t) => r.set("Content-Encoding", "gzip").send(zlib.gzipSync(reply(xml, t))) });
callback("accepted", { answer: (xml, r, text) => r.status(202).send(reply(xml, text)) });
callback("undefined-type", { answer: (xml, r, t) => r.send(reply(xml, t).replace("[text]", "[Text]")) });
callback("ampersand", { answer: (xml, r) => r.send(reply(xml, "").replace("<![CDATA[]]>", "Q&A 问答")) });
let message = 0;
callback("message-at-times", { answer: (xml, r, t) => (message++ % 2 ? r.status(500).send("Error") : r.send(reply(xml, t))) });

app.use((error, _req, res, _next) => res.status(error.status ?? 500).type("text").send(String(error)));
app.listen(process.env.PORT, "127.0.0.1");
