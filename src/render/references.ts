// Text of markdown as HTML: what is left of character references after marked, and characters that HTML can't hold.
import { escapeHtml } from "./html.ts"

const named =
  "amp lt gt quot apos nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest " +
  "Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig " +
  "agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml " +
  "OElig oelig Scaron scaron Yuml circ tilde ensp emsp thinsp zwnj zwj lrm rlm ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo dagger Dagger bull hellip permil prime Prime lsaquo rsaquo euro trade larr uarr rarr darr harr minus ne le ge"

/** The references that are common in articles; the sanitizer knows all 2,231. */
const known = new Set(named.split(" "))

const special = /[&<>"']/
const each = /[<>"']|&(?:#\d{1,7};|#[xX][\da-fA-F]{1,6};|([a-zA-Z][a-zA-Z\d]{0,31});)?/g
const numeric = /&#(?:(\d{1,7})|[xX]([\da-fA-F]{1,6}));/g
// What the HTML standard calls a parse error in the input stream. The first is quick and finds surrogates too; the
// second knows which of them are broken.
const suspect = /[^\t\n\f\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd]/
const unfit =
  /[^\t\n\f\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\u{10000}-\u{1fffd}\u{20000}-\u{2fffd}\u{30000}-\u{3fffd}\u{e0000}-\u{efffd}]/gu

/** The text without controls, noncharacters and broken surrogates; U+FFFD in their place (CommonMark §2.3 for NUL). */
export function cleanText(text: string): string {
  return suspect.test(text) ? text.replace(unfit, "\ufffd") : text
}

/**
 * Escapes text in which marked has left named references: common ones stay as they are; of another, `onUnknown` decides
 * whether it stays (true) or is printed letter by letter.
 */
export function escapeText(text: string, onUnknown: () => boolean): string {
  if (!special.test(text)) return text
  return text.replace(each, (found: string, name: string | undefined) => {
    if (found.length === 1) return escapeHtml(found)
    if (name === undefined) return found
    return known.has(name) || onUnknown() ? found : `&amp;${found.slice(1)}`
  })
}

/** Numeric references as the characters that they are; named ones stay. */
export function decodeNumeric(text: string): string {
  if (!text.includes("&#")) return text
  return text.replace(numeric, (_found, decimal: string | undefined, hexadecimal: string | undefined) => {
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "0", 16) : Number.parseInt(decimal, 10)
    if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return "\ufffd"
    return code === 38 ? "&amp;" : String.fromCodePoint(code)
  })
}
