// One mailbox has many spellings. A limit must count them as one, or it is none (threat model 58).
import { foldEmail } from "../site/email.ts"

/** Providers that ignore dots in what stands before the @, each with the domain that its mailboxes are counted under. */
const ignoreDots = new Map([
  ["gmail.com", "gmail.com"],
  ["googlemail.com", "gmail.com"],
  ["proton.me", "proton.me"],
  ["protonmail.com", "proton.me"],
  ["protonmail.ch", "proton.me"],
  ["pm.me", "proton.me"],
])
/** Proton ignores hyphens and underscores too (its page on addresses and aliases). */
const ignoredSigns = new Map([
  ["gmail.com", /\./g],
  ["proton.me", /[._-]/g],
])

/**
 * The mailbox that an address reaches, as far as can be told from outside: folded, without a +tag (RFC 5233), without dots
 * where the provider ignores them. For counting alone: accounts are told apart by `foldEmail`.
 */
export function foldMailbox(email: string): string {
  const folded = foldEmail(email)
  const at = folded.lastIndexOf("@")
  const domain = folded.slice(at + 1)
  const provider = ignoreDots.get(domain) ?? domain
  const local = folded.slice(0, at)
  const tag = local.indexOf("+")
  const name = (tag > 0 ? local.slice(0, tag) : local).replace(ignoredSigns.get(provider) ?? /$^/, "")
  return `${name === "" ? local : name}@${provider}`
}
