// The window for editing the XML of a message and sending it.

import { find } from "./elements.js";

/** Returns a function that opens it with a document; `send` is called with the changed one. */
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

/** The type and the content of the message in a document, in the form of a sample. */
export function describeXml(xml) {
  const fields = {};
  for (const { children, localName, textContent } of new DOMParser().parseFromString(xml, "text/xml").querySelectorAll("xml *")) {
    if (!children.length) fields[localName] ??= textContent;
  }
  return { name: "", msg_type: fields.MsgType ?? "", event: fields.Event ?? "", fields };
}
