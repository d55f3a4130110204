// A WeChat callback as people write it with Express: plain mode, greets by the follower's own text.

const { createHash } = require("node:crypto");
const express = require("express");

const app = express();
app.use(express.text({ type: "*/*" }));

const isSigned = ({ signature, timestamp, nonce }) =>
  createHash("sha1").update(["TheirToken", timestamp, nonce].sort().join("")).digest("hex") === signature;

app.all("/wx", (request, response) => {
  if (!isSigned(request.query)) return response.sendStatus(403);
  if (request.method === "GET") return response.type("text").send(request.query.echostr);
  const read = (name) => request.body.match(new RegExp(`<${name}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${name}>`, "s"))?.[1] ?? "";
  if (read("MsgType") !== "text") return response.type("text").send("success");
  response.type("xml").send(
    `<xml><ToUserName><![CDATA[${read("FromUserName")}]]></ToUserName><FromUserName><![CDATA[${read("ToUserName")}]]></FromUserName>` +
      `<CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime><MsgType><![CDATA[text]]></MsgType>` +
      `<Content><![CDATA[Express: ${read("Content")}]]></Content></xml>`,
  );
});

const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/wx`));
