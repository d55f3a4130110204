// Shows XML for reading: one element a line, coloured. Every character stays; only blank text between elements is laid out.

const TOKEN = /<!\[CDATA\[[\s\S]*?\]\]>|<\/?[^<>]+>|[^<]+|</g;

/** Put the document into an element, as text nodes: nothing of it becomes markup of the page. */
export function showXml(element, text) {
  element.replaceChildren(...(text.startsWith("<") ? lines(text) : [span("text", text)]));
}

function lines(text) {
  const found = [];
  const names = []; // of the elements that are open
  let line = newLine(found, 0);
  let previous = "";
  for (const [token] of text.matchAll(TOKEN)) {
    const kind = kindOf(token, names);
    if (kind === "text" && !token.trim() && previous !== "cdata") continue;
    if (kind === "close") names.length = names.lastIndexOf(nameOf(token));
    const nested = kind === "open" && previous !== "";
    const after = kind === "close" && previous === "close";
    if (nested || after) line = newLine(found, names.length);
    line.append(span(kind, token));
    if (kind === "open") names.push(nameOf(token));
    previous = kind;
  }
  return found;
}

const nameOf = (tag) => tag.replace(/^<\/?/, "").split(/[\s/>]/)[0];

function newLine(found, depth) {
  const line = document.createElement("div");
  line.style.paddingInlineStart = `${depth * 1.25 + 1}em`;
  found.push(line);
  return line;
}

function kindOf(token, names) {
  if (token.startsWith("<![CDATA[")) return "cdata";
  if (token.startsWith("</")) return names.includes(nameOf(token)) ? "close" : "text"; // a follower may write any tag
  return token.startsWith("<") && token.length > 1 ? "open" : "text";
}

function span(kind, text) {
  const element = document.createElement("span");
  element.className = kind;
  element.textContent = text;
  return element;
}
