// The template that every page is written in: what goes into it is escaped unless it is markup already.
import { escapeAttribute } from "./escape.ts"

/** A piece of markup that is safe to print. Only `html` and `raw` make one. */
export interface Html {
  readonly markup: string
}

/** What a template takes. Nothing is printed for null, undefined and false. */
export type Printable = Html | string | number | null | undefined | false | readonly Printable[]

/** Markup that is known to be safe: rendered and sanitized text, our own style sheet, JSON made for a script element. */
export function raw(markup: string): Html {
  return { markup }
}

export const nothing: Html = raw("")

/** The tagged template. Write attributes in double quotes: the escaping counts on it. */
export function html(parts: TemplateStringsArray, ...values: readonly Printable[]): Html {
  let markup = parts[0] ?? ""
  for (let index = 0; index < values.length; index++) markup += print(values[index]) + (parts[index + 1] ?? "")
  return { markup }
}

// What an HTML document cannot hold without a parse error (HTML §13.2.3.5): controls, noncharacters, lone surrogates.
const unprintable = /[\p{Cs}\p{Noncharacter_Code_Point}]|(?![\t\n\r])\p{Cc}/gu
// Most texts hold neither these nor markup; the classes say so in one look. Surrogates are looked at closer: pairs may stand.
const suspect = /[^\t\n\r !#-%(-;=?-~\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd]/
const unusual = /[^\t\n\r -~\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd]/

function printText(text: string): string {
  if (!suspect.test(text)) return text
  return escapeAttribute(unusual.test(text) ? text.replace(unprintable, "") : text)
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
