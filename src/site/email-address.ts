// Email addresses: which ones can receive mail, and which spellings count as the same address.

/** Increase this whenever `foldEmail` changes: the cron then folds stored addresses again (store/merge-people.ts). */
export const foldingVersion = 1

/** Why an address is refused, for editors. Readers see one message in their language (messages/). */
export const emailProblems = {
  shape: "that is not an email address: it should look like name@example.org",
  space: "an email address cannot contain spaces: it should look like name@example.org",
  dots: "an email address cannot have two dots in a row, or a dot at the start or just before the @",
  script:
    "only the letters a to z are supported before the @: use another address (the domain may contain any letters)",
  long: "that address is too long: at most 64 characters before the @, and 254 in total",
  domain: "that domain cannot receive email: it should be a full name, like example.org",
} as const
export type EmailProblem = keyof typeof emailProblems

/**
 * Names outside public DNS: RFC 6761 §6.3 and §6.4, 6762, 7686, 9476. `.test` and `.example` are not among them, since
 * RFC 6761 wants them treated like any other name.
 */
const unreachable = /\.(?:invalid|localhost|local|internal|onion|alt)$/
const localPart = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/
const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$/
/** Joiners are also invisible, but can distinguish two domains (RFC 5892 appendix A). */
const joiners = /[\u200c\u200d]/g
const invisible = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/gu

/**
 * Parses an address as typed or pasted: `mailto:` links, `John <john@example.org>`, quotes, invisible characters and
 * full-width forms. The result is the address to send to: the local part keeps its case, and the domain is in ASCII, as
 * neither of our email providers supports SMTPUTF8 (RFC 6531). It is always a single address and cannot break a header.
 */
export function parseEmail(text: string): { readonly email: string } | { readonly problem: EmailProblem } {
  if (text.length > 1_000) return { problem: "long" }
  const typed = text
    .normalize("NFKC")
    .replace(invisible, "")
    .replace(/[‘’‚‛‹›]/g, "'")
    .replace(/[“”„‟«»]/g, '"')
    .replaceAll("。", ".")
    .trim()
  const link = /^mailto:([^?]*)/i.exec(typed)
  if (link !== null) return parseEmail((link[1] ?? "").replace(/%[0-7][0-9a-f]/gi, (code) => decodeURIComponent(code)))
  const [, name = "", inner] = /^([^<>]*)<([^<>]*)>$/.exec(typed) ?? /^(["'])(.*)\1$/s.exec(typed) ?? []
  // `a@example.org <b@example.org>` names two people.
  if (inner !== undefined) {
    const other = name.replace(/["'\s]/g, "")
    return other.includes("@") && other !== inner ? { problem: "shape" } : parseEmail(inner)
  }
  const at = typed.lastIndexOf("@")
  if (at < 1 || at === typed.length - 1) return { problem: "shape" }
  if (/[\s\p{Cc}]/u.test(typed)) return { problem: "space" }
  const local = typed
    .slice(0, at)
    .replace(joiners, "")
    // A quoted local part is equivalent to the unquoted one (RFC 5321 §4.1.2).
    .replace(/^"(.*)"$/, (_, quoted: string) => quoted.replace(/\\(.)/g, "$1"))
  if (local.length > 64) return { problem: "long" }
  if (/^\.|\.\.|\.$/.test(local)) return { problem: "dots" }
  if (/\P{ASCII}/u.test(local)) return { problem: "script" }
  if (!localPart.test(local)) return { problem: "shape" }
  const domain = foldDomain(typed.slice(at + 1))
  if (domain === null) return { problem: "domain" }
  const email = `${local}@${domain}`
  return email.length > 254 ? { problem: "long" } : { email }
}

/** The address to send mail to, or null if mail cannot reach what was typed. */
export function readEmail(text: string | null): string | null {
  const read = parseEmail(text ?? "")
  return "email" in read ? read.email : null
}

/**
 * The key for accounts, subscribers and rate limits, the same for all spellings of an address. Tags and dots in the
 * local part are kept: `a+b@example.org` and `a@example.org` are different accounts.
 */
export function foldEmail(email: string): string {
  // Unreachable addresses that earlier rules accepted keep the form those rules gave them.
  return (readEmail(email) ?? email.trim().normalize("NFC")).toLowerCase().normalize("NFC")
}

/** A domain in lower-case ASCII (UTS 46) without the root dot, or null if mail cannot reach it. */
function foldDomain(typed: string): string | null {
  // With these characters, URL would read part of the domain as a port, path or user.
  if (/[/?#%[\]\\:@]/.test(typed)) return null
  const domain = typed.replace(/\.$/, "")
  for (const spelling of [domain, domain.replace(joiners, "")]) {
    const url = `http://${spelling}`
    if (!URL.canParse(url)) continue
    const { hostname } = new URL(url)
    return hostName.test(hostname) && hostname.length <= 253 && !unreachable.test(hostname) ? hostname : null
  }
  return null
}
