// What the page says, in both languages. English causes come from the server as they are; Chinese ones are looked up.

const WORDS = {
  en: {
    title: "Official Account",
    typing: "typing…",
    otherLanguage: "中文",
    conversation: "Conversation",
    samples: "Send a sample",
    image: "Picture",
    voice: "Voice",
    video: "Video",
    music: "Music",
    news: "Articles",
    location: "Location",
    link: "Link",
    yourMessage: "Your message",
    hint: "Message, Enter to send",
    send: "Send",
    wire: "On the wire",
    pick: "Send a message: what goes to the callback and what comes back appears here.",
    sentXml: "WeChat → callback",
    receivedXml: "Callback → WeChat",
    noBody: "(empty)",
    noAnswer: "no answer",
    me: "You",
    account: "OA",
    start: "You are a follower now. Say something, the callback answers.",
    silence: "No reply",
    gone: "The local server does not answer. Start it again with: make run",
    refused: "The simulator refused this",
    causes: {},
  },
  zh: {
    title: "公众号",
    typing: "对方正在输入…",
    otherLanguage: "English",
    conversation: "对话",
    samples: "发送示例消息",
    image: "图片",
    voice: "语音",
    video: "视频",
    music: "音乐",
    news: "图文",
    location: "位置",
    link: "链接",
    yourMessage: "消息",
    hint: "输入消息，回车发送",
    send: "发送",
    wire: "报文",
    pick: "发一条消息，微信与回调之间往来的报文会显示在这里。",
    sentXml: "微信 → 回调",
    receivedXml: "回调 → 微信",
    noBody: "（空）",
    noAnswer: "没有应答",
    me: "我",
    account: "号",
    start: "你现在是一位粉丝。说点什么，回调会回复你。",
    silence: "没有回复",
    gone: "本地服务没有应答，请重新运行：make run",
    refused: "模拟器拒绝了这条消息",
    causes: {
      "the callback acknowledged the message without a reply": "回调确认收到，没有回复内容",
      "the message goes to the human desk": "消息已转给人工客服",
      "a text over 2047 bytes is not delivered": "超过 2047 字节的文本不会送达",
      "the callback did not answer within 5 seconds": "回调没有在 5 秒内应答",
      "the callback broke the connection off": "回调中断了连接",
      "the callback answered with another status than 200": "回调应答的状态码不是 200",
      "the answer is neither success nor well-formed XML": "应答既不是 success，也不是格式正确的 XML",
      "the reply's MsgType is none of the platform's": "回复的 MsgType 不是平台支持的类型",
      "the reply is not addressed from the account to the follower": "回复的收发双方不对",
      "the reply lacks what its type requires": "回复缺少该类型必需的内容",
      "a reply to this event reaches nobody": "对该事件的回复不会送达任何人",
      "success must stand alone: no quotes, no blanks, no byte order mark": "success 必须单独出现：不能带引号、空白或 BOM",
      "the reply's CreateTime is not in whole seconds": "回复的 CreateTime 不是整数秒",
      "the reply is not encrypted, as safe mode requires": "安全模式要求加密，回复没有加密",
      "the reply is encrypted, which plain mode does not read": "回复已加密，明文模式不读取密文",
      "the encrypted reply is not signed with the console's token": "加密回复的签名与后台的 Token 不符",
      "the encrypted reply does not open with the console's EncodingAESKey and AppID":
        "用后台的 EncodingAESKey 和 AppID 解不开加密回复",
      "the callback took a message that the platform did not sign": "回调接受了并非微信签名的消息",
      "the callback refused the forged message, as it should": "回调拒绝了伪造的消息，正应如此",
      "the callback did not reply to the forged message": "回调没有回复伪造的消息",
      "the platform shows one article in answer to a message, and drops the others":
        "回复消息时平台只显示一篇图文，其余丢弃",
      "the platform shows eight articles, and drops the others": "平台最多显示八篇图文，其余丢弃",
      "close to the 5 seconds that the platform waits": "已接近平台等待的 5 秒上限",
    },
  },
};

function remembered() {
  try {
    return localStorage.getItem("language");
  } catch {
    return null; // storage may be switched off
  }
}

let language = remembered() ?? (navigator.language.startsWith("zh") ? "zh" : "en");

export const word = (name) => WORDS[language][name];

export const cause = (phrase) => WORDS[language].causes[phrase] ?? phrase;

/** Put the words into every element that asks for some. */
export function speak() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = word(element.dataset.words);
  for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = word(element.dataset.label);
  for (const element of document.querySelectorAll("[data-cause]")) {
    element.textContent = [cause(element.dataset.cause), element.dataset.detail].filter(Boolean).join(": ");
  }
  document.querySelector("textarea").placeholder = word("hint");
}

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  try {
    localStorage.setItem("language", language);
  } catch {
    // then it is chosen anew next time
  }
  speak();
}
