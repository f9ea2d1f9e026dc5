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

// What XML 1.0 forbids even as a reference (§2.2 Char): controls, lone surrogates, U+FFFE and U+FFFF.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
const notXml =
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const forScript = /[<>&\u2028\u2029]/g

/** Text for HTML, as element content or inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return markup.test(text) ? text.replace(markupGlobal, (character) => entities[character] ?? "") : text
}

/** Text for a quoted HTML attribute: as `escapeHtml`, and no line breaks, tabs or NUL that an address could hide behind. */
export function escapeAttribute(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is a parse error in HTML.
  return escapeHtml(text).replace(/[\0\t\n\r\f]/g, (character) => (character === "\0" ? "\ufffd" : " "))
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
