// The window in which the XML of a message is changed and sent.

import { find } from "./elements.js";

/** Returns what opens it with a document; `send` is called with the changed one. */
export function startEditor(send) {
  const [editor, box] = ["editor", "xml"].map(find);
  find("cancel-xml").addEventListener("click", () => editor.close());
  editor.addEventListener("close", () => {
    if (editor.returnValue === "send") send(box.value);
  });
  return (xml) => {
    box.value = xml;
    editor.returnValue = "";
    editor.showModal();
    box.focus();
  };
}

/** What kind of message a document is and what it says, as of a sample. */
export function describeXml(xml) {
  const fields = {};
  for (const { children, localName, textContent } of new DOMParser().parseFromString(xml, "text/xml").querySelectorAll("xml *")) {
    if (!children.length) fields[localName] ??= textContent;
  }
  return { name: "", msg_type: fields.MsgType ?? "", event: fields.Event ?? "", fields };
}
