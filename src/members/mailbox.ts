// One mailbox has many spellings. A limit must count them as one, or it is none (threat model 58).

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
 * The mailbox that an address reaches, as far as can be told from outside: in lower case, without a +tag (RFC 5233), without
 * dots where the provider ignores them, the domain in its ASCII form. For counting alone: letters go to the address as it
 * was typed.
 * @returns null when the domain is none
 */
export function foldMailbox(email: string): string | null {
  const at = email.lastIndexOf("@")
  const domain = foldDomain(email.slice(at + 1))
  if (at < 1 || domain === null) return null
  const provider = ignoreDots.get(domain) ?? domain
  const local = email.slice(0, at).toLowerCase()
  const tag = local.indexOf("+")
  const name = (tag > 0 ? local.slice(0, tag) : local).replace(ignoredSigns.get(provider) ?? /$^/, "")
  return `${name === "" ? local : name}@${provider}`
}

function foldDomain(domain: string): string | null {
  if (/[/?#%[\]\\]/.test(domain)) return null
  const url = `http://${domain}`
  if (!URL.canParse(url)) return null
  const { hostname } = new URL(url)
  // A last label of digits is an IPv4 address: no mail goes there without brackets.
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(hostname) && !/\.\d+$/.test(hostname) ? hostname : null
}
