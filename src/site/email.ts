// E-mail addresses: which can be written to, and which spellings are one person's.

/** Raise it with every change of `foldEmail`: the cron then folds what is stored again (store/spellings.ts). */
export const foldingVersion = 1

/** Why an address is refused, for editors. Readers get one sentence in their language (account-messages). */
export const emailProblems = {
  shape: "that is not an e-mail address: it should look like name@example.org",
  space: "an e-mail address has no spaces: it should look like name@example.org",
  dots: "no mail can reach an address with two dots in a row, or a dot before or after the name: check the dots",
  script:
    "mail cannot be sent to letters other than a to z before the @: ask for another address (the domain may have any letters)",
  long: "that address is too long: 64 characters may stand before the @, and 254 in all",
  domain: "no mail can reach that domain: it should be a full name, like example.org",
} as const
export type EmailProblem = keyof typeof emailProblems

/** Names outside the public DNS: RFC 6761 §6.3 and §6.4, 6762, 7686, 9476. It wants `.test` and `.example` treated as any other. */
const unreachable = /\.(?:invalid|localhost|local|internal|onion|alt)$/
const localPart = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/
const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$/
/** Joiners are invisible too, but may tell two domains apart (RFC 5892 appendix A). */
const joiners = /[\u200c\u200d]/g
const invisible = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/gu

/**
 * Reads an address as people type and paste it: `mailto:` links, `John <john@example.org>`, quotes, invisible characters,
 * full-width forms. The result is what letters go to: the name in the case that was typed, the domain in ASCII, because
 * neither sender carries SMTPUTF8 (RFC 6531). Never more than one address; a header cannot be broken with it.
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
  if (link !== null) return parseEmail((link[1] ?? "").replace(/%([0-7][0-9a-f])/gi, decodeCharacter))
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
    // A quoted name is the same name (RFC 5321 §4.1.2).
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

/** The address that letters go to, or null when no mail can reach what was typed. */
export function readEmail(text: string | null): string | null {
  const read = parseEmail(text ?? "")
  return "email" in read ? read.email : null
}

/**
 * The form that accounts, subscribers and limits are kept under: all spellings of one address have one. Tags and dots in
 * the name stay: `a+b@example.org` is another account than `a@example.org`.
 */
export function foldEmail(email: string): string {
  // What earlier rules took in, and no mail can reach, keeps the form that they gave it.
  return (readEmail(email) ?? email.trim().normalize("NFC")).toLowerCase().normalize("NFC")
}

/** A domain in ASCII and lower case (UTS 46), without the root's dot; null when none that mail can reach. */
function foldDomain(typed: string): string | null {
  // URL would read a part of these as a port, a path or a user.
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

function decodeCharacter(_: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16))
}
