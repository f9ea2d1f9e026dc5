// How text becomes safe in HTML and XML, and the template tag that escapes its values unless they are markup.

const special = /[&<>"']/
const specials = /[&<>"']/g
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
  return special.test(text) ? text.replace(specials, (character) => entities[character] ?? "") : text
}

/** Text for XML, content or quoted attribute; characters that XML 1.0 cannot hold are dropped. */
export function escapeXml(text: string): string {
  return escapeHtml(text.replace(notXml, ""))
}

/** Markup that is safe to print. Only `html` and `raw` make it. */
export interface Html {
  readonly markup: string
}

/** What a template takes. Null, undefined and false print nothing. */
export type Printable = Html | string | number | null | undefined | false | readonly Printable[]

/** Marks markup as safe: rendered and sanitized text, our own style sheet, JSON escaped for a script element. */
export function raw(markup: string): Html {
  return { markup }
}

export const nothing: Html = raw("")

/** The template tag. Attributes must be in double quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Printable[]): Html {
  let markup = parts[0] ?? ""
  for (let index = 0; index < values.length; index++) markup += print(values[index]) + (parts[index + 1] ?? "")
  return { markup }
}

// Characters that are parse errors in HTML (§13.2.3.5): controls, noncharacters, lone surrogates.
const unprintable = /[\p{Cs}\p{Noncharacter_Code_Point}]|(?![\t\n\r])\p{Cc}/gu
// Fast tests, since most texts hold none of them. All surrogates match: pairs are kept by the slow path.
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
