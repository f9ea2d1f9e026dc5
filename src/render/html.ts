// Makes text safe for HTML and XML. Provides the template tag, which escapes every value except markup.

const special = /[&<>"']/
const specials = /[&<>"']/g
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

// Characters not allowed in XML 1.0 even as references (§2.2 Char): controls, U+FFFE, U+FFFF, lone surrogates.
const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** Escapes text for HTML, as element content or inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return special.test(text) ? text.replace(specials, (character) => entities[character] ?? "") : text
}

/** Escapes text for XML, as content or inside a quoted attribute, and drops characters not allowed in XML 1.0. */
export function escapeXml(text: string): string {
  return escapeHtml(text.replace(notXml, ""))
}

/** Markup that is safe to print. Only `html` and `raw` create it. */
export interface Html {
  readonly markup: string
}

/** A value in a template. Null, undefined and false print nothing. */
export type Printable = Html | string | number | null | undefined | false | readonly Printable[]

/** Marks markup as safe: sanitized text, our own style sheets, or JSON escaped for a script element. */
export function raw(markup: string): Html {
  return { markup }
}

export const nothing: Html = raw("")

/** The template tag. Attributes must be double-quoted. */
export function html(parts: TemplateStringsArray, ...values: readonly Printable[]): Html {
  let markup = parts[0] ?? ""
  for (let index = 0; index < values.length; index++) markup += print(values[index]) + (parts[index + 1] ?? "")
  return { markup }
}

// Characters that are parse errors in HTML (§13.2.3.5): controls, noncharacters, lone surrogates.
const unprintable = /[\p{Cs}\p{Noncharacter_Code_Point}]|(?![\t\n\r])\p{Cc}/gu
// Fast checks for texts with nothing to escape or drop. They match all surrogates; the slow path keeps valid pairs.
const suspect = /[^\t\n\r !#-%(-;=?-~\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd]/
const unusual = /[^\t\n\r -~\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd]/

function printText(text: string): string {
  if (!suspect.test(text)) return text
  return escapeHtml(unusual.test(text) ? text.replace(unprintable, "") : text)
}

function print(value: Printable): string {
  if (typeof value === "string") return printText(value)
  if (value === null || value === undefined || value === false) return ""
  if (typeof value === "number") return String(value)
  if ("markup" in value) return value.markup
  let markup = ""
  for (const item of value) markup += print(item)
  return markup
}
