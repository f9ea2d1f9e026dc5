// Rate limits per network. If one attacker could exhaust a shared limit, everybody else would be locked out, so each
// level of the network hierarchy allows more than any single network below it (threat model 57).
import { foldEmail } from "../site/email-address.ts"
import { hashContent } from "../store/bodies.ts"
import { consume, type Limit } from "../store/rate-limits.ts"
import type { AccountContext, Call } from "./context.ts"

export const hour = 3_600_000
/** The site-wide hourly limit on each action open to strangers. One IPv4 /24 or IPv6 /32 gets at most 24 % of it. */
export const inAll = { most: 1_000, window: hour }

/**
 * Requests that one IPv4 address or IPv6 /64 may make in an hour. The networks that contain it may make more: an IPv6
 * /56 twice as many, a /48 three times as many, and an IPv6 /32 or IPv4 /24 four times as many.
 */
const perNetwork = { "sign-in": 20, newsletter: 60, join: 30, billing: 30, events: 120 }

/**
 * Counts a request against the networks that it comes from, and against any further limits. The networks' keys are
 * hashes, so that nobody can recover the address.
 * @returns 0 if allowed; otherwise the seconds to wait, which are also set as Retry-After
 */
export async function admit(c: Call, action: keyof typeof perNetwork, ...more: Limit[]): Promise<number> {
  const networks = networksOf(addressOf(c.req.raw)).map(async ([network, share]) => ({
    key: `${action} network:${await hashKey(network, c.env)}`,
    most: perNetwork[action] * share,
    window: hour,
  }))
  const wait = await consume(c.env.people, [...(await Promise.all(networks)), ...more], Date.now())
  if (wait > 0) c.header("Retry-After", String(wait))
  return wait
}

/** A key for the largest network that one attacker can easily control: an IPv4 address, or an IPv6 /32. */
export function ownerOf(request: Request): string {
  const networks = networksOf(addressOf(request))
  return (networks[0]?.[0].includes(":") ? networks.at(-1)?.[0] : networks[0]?.[0]) ?? ""
}

/** A keyed hash: IPv4 addresses and known email addresses are few enough for a plain hash to be brute-forced. */
export function hashKey(text: string, { sessionKeys }: AccountContext): Promise<string> {
  return hashContent(`${sessionKeys[0] ?? ""} ${text}`)
}

/** A direct local connection has no client address, so all its requests count as one network. */
function addressOf(request: Request): string {
  return request.headers.get("CF-Connecting-IP") ?? "local"
}

/** The networks that contain an address, narrowest first, each with its multiple of the narrowest network's limit. */
export function networksOf(address: string): [network: string, share: number][] {
  const [, start, end] = /^(?:::ffff:)?((?:\d+\.){3})(\d+)$/i.exec(address) ?? []
  if (start !== undefined)
    return [
      [`${start}${end}`, 1],
      [`${start}0/24`, 4],
    ]
  if (!address.includes(":")) return [[address, 1]]
  const [before = [], after = []] = address
    .toLowerCase()
    .split("::")
    .map((part) => (part === "" ? [] : part.split(":")))
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0")
  const digits = [...before, ...zeros, ...after].map((group) => group.padStart(4, "0")).join("")
  return [64, 56, 48, 32].map((bits, index) => [`${digits.slice(0, bits / 4)}:/${bits}`, index + 1])
}

/** Providers that ignore some characters before the @. Addresses at all of a provider's domains count as one. */
const providers = [
  { domains: ["gmail.com", "googlemail.com"], ignored: /\./g },
  // Proton also ignores hyphens and underscores (according to its page on addresses and aliases).
  { domains: ["proton.me", "protonmail.com", "protonmail.ch", "pm.me"], ignored: /[._-]/g },
  // Yandex treats dots as hyphens, and delivers for all of its domains to one mailbox (see its help on aliases).
  { domains: ["yandex.ru", "ya.ru", "yandex.by", "yandex.com", "yandex.kz"], ignored: /[.-]/g },
]

/**
 * The inbox that an address reaches, as far as can be told from outside: folded, without a +tag (RFC 5233) and without
 * the characters that the provider ignores. All spellings of an inbox must count as one (threat model 58). Use it only
 * for counting: accounts are identified by `foldEmail`.
 */
export function foldInbox(email: string): string {
  const folded = foldEmail(email)
  const at = folded.lastIndexOf("@")
  const local = folded.slice(0, at)
  const domain = folded.slice(at + 1)
  const provider = providers.find(({ domains }) => domains.includes(domain))
  const tag = local.indexOf("+")
  const name = (tag > 0 ? local.slice(0, tag) : local).replace(provider?.ignored ?? "", "")
  return `${name || local}@${provider?.domains[0] ?? domain}`
}
