// Text as readers see it: decodes character references, replaces invalid characters, and estimates reading time.
import type { MarkedToken, Token } from "marked"

// Not allowed in text: controls, noncharacters and lone surrogates are parse errors in HTML (§13.2.3.5). `suspect` is
// fast, but also matches the surrogates of valid pairs; `unfit` does not.
const suspect = /[^\t\n\f\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd]/
const unfit =
  /[^\t\n\f\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\u{10000}-\u{1fffd}\u{20000}-\u{2fffd}\u{30000}-\u{3fffd}\u{e0000}-\u{efffd}]/gu

/** The text with U+FFFD in place of controls, noncharacters and lone surrogates (CommonMark §2.3 for NUL). */
export const cleanText = (text: string): string => (suspect.test(text) ? text.replace(unfit, "\ufffd") : text)

/** A character reference (CommonMark §2.5). */
export const reference = /&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,31});/

const references = new RegExp(reference, "g")

// The most common names, each followed by its character. The Worker loads the other two thousand (10 KB gzipped) only
// for a text that uses one of them: see `withAllReferences`.
const common = new Map(
  [
    "amp& lt< gt> quot\" apos' nbsp\u00a0 shy\u00ad copy© reg® trade™ hellip… mdash— ndash– lsquo‘ rsquo’ ldquo“ rdquo”",
    "laquo« raquo» bull• middot· deg° euro€ pound£ cent¢ yen¥ sect§ para¶ times× frac12½ frac14¼ frac34¾ zwnj\u200c",
    "zwj\u200d lrm\u200e rlm\u200f eacuteé egraveè ecircê agraveà acircâ ccedilç ocircô ucircû icircî iumlï aumlä oumlö",
  ].flatMap((line) => line.split(" ").map((pair) => [pair.slice(0, -1), pair.slice(-1)] as const)),
)

function decodeCommon(found: string): string | undefined {
  if (found[1] !== "#") return common.get(found.slice(1, -1))
  const code = Number(`0${found.slice(2, -1)}`)
  // HTML replaces controls and surrogates (§13.2.5.80): the full decoder does that.
  const isPlain = (code > 0x1f && code < 0x7f) || (code > 0x9f && code < 0xd800) || (code > 0xdfff && code < 0x110000)
  return isPlain ? String.fromCodePoint(code) : undefined
}

const tableNeeded = new Error("a rare character reference was used outside withAllReferences")
let decodeRare = (_found: string): string => {
  throw tableNeeded
}

/** Sets the function that decodes rare character references. It must know every name. */
export function useDecoder(decode: (found: string) => string): void {
  decodeRare = decode
}

/** Runs `read`. If it meets a character reference that is not common, loads the full table and runs it again. */
export function withAllReferences<T>(read: () => T): T | Promise<Awaited<T>> {
  try {
    return read()
  } catch (error) {
    if (error !== tableNeeded) throw error
    return readWithTable(read)
  }
}

async function readWithTable<T>(read: () => T): Promise<Awaited<T>> {
  useDecoder((await import("entities/decode")).decodeHTMLStrict)
  return await read()
}

export function decodeReferences(text: string): string {
  if (!text.includes("&")) return text
  return cleanText(text.replace(references, (found) => decodeCommon(found) ?? decodeRare(found)))
}

/** The plain text of tokens, for alt texts and ids. */
export function plainText(tokens: readonly Token[] | undefined): string {
  let words = ""
  for (const token of (tokens ?? []) as MarkedToken[]) {
    if (token.type === "br") words += "\n"
    else if (token.type === "html") continue
    else if ("tokens" in token && token.tokens !== undefined) words += plainText(token.tokens)
    else if (token.type === "text") words += decodeReferences(token.raw)
    else if (token.type === "escape" || token.type === "codespan") words += token.text
  }
  return words
}

/** The characters of scripts written without spaces between words. */
export const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Myanmar}]/gu
const mayBeUnspaced = /[\u0e00-\u1fff\u2e80-\uffff]/

/** Whether a text may contain such characters: far faster than looking for them. */
export const hasUnspaced = (text: string): boolean => mayBeUnspaced.test(text)

export const readingMinutes = (words: number): number => Math.max(1, Math.round(words / 220))
