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

const forScript = /[<>&\u2028\u2029]/g

/** Text for HTML, as element content or inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return markup.test(text) ? text.replace(markupGlobal, (character) => entities[character] ?? "") : text
}

/** Text for a quoted HTML attribute, or for content: as `escapeHtml`, and U+FFFD for NUL, which HTML cannot hold. */
export function escapeAttribute(text: string): string {
  const escaped = escapeHtml(text)
  return escaped.includes("\0") ? escaped.replaceAll("\0", "\ufffd") : escaped
}

/** Text for XML, content or quoted attribute; characters that XML 1.0 cannot hold are dropped. */
export function escapeXml(text: string): string {
  return escapeHtml(text.replace(notXml, ""))
}

/** A value as JSON that can stand inside `<script>`: never `</script>` or `<!--`, and valid JavaScript too. */
export function jsonForScript(value: unknown): string {
  return (JSON.stringify(value) ?? "null").replace(
    forScript,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
}
