// How text becomes safe in each place where a page, a feed or a script holds it.

const markup = /[&<>"']/
const markupGlobal = /[&<>"']/g
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

// What XML 1.0 cannot hold even as a reference (§2.2 Char): controls, U+FFFE, U+FFFF, lone surrogates.
const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** Text for HTML, as element content or inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return markup.test(text) ? text.replace(markupGlobal, (character) => entities[character] ?? "") : text
}

/** Text for XML, content or quoted attribute; characters that XML 1.0 cannot hold are dropped. */
export function escapeXml(text: string): string {
  return escapeHtml(text.replace(notXml, ""))
}
