// How often one network may ask for something. A limit that one attacker could use up would lock out everybody else, so
// each level of the hierarchy allows more than any one network below it (threat model 57).
import { foldEmail } from "../site/email.ts"
import { hashContent } from "../store/bodies.ts"
import { consume, type Limit } from "../store/rate-limits.ts"
import type { AccountContext, Call } from "./context.ts"

export const hour = 3_600_000
/** What the whole site does for strangers in an hour, of each kind. One IPv4 /24 or IPv6 /32 gets at most 24 % of it. */
export const inAll = { most: 1_000, window: hour }

/**
 * Requests that one IPv4 address or IPv6 /64 may make in an hour. The networks around it may make a multiple: an IPv6 /56
 * twice, a /48 three times, an IPv6 /32 or IPv4 /24 four times as many.
 */
const perNetwork = { "sign-in": 20, newsletter: 60, join: 30, billing: 30 }

/**
 * Counts a request against the networks that it comes from, and against more limits. The networks' keys are hashes: nobody
 * can read the address back.
 * @returns 0 if it may go on; otherwise the seconds until it may, which Retry-After then says
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

/** The most that one attacker can easily hold, as a key: an IPv4 address, or an IPv6 /32. */
export function ownerOf(request: Request): string {
  const networks = networksOf(addressOf(request))
  return (networks[0]?.[0].includes(":") ? networks.at(-1)?.[0] : networks[0]?.[0]) ?? ""
}

/** A keyed hash: there are few enough IPv4 addresses, and known email addresses, to try them all. */
export function hashKey(text: string, { sessionKeys }: AccountContext): Promise<string> {
  return hashContent(`${sessionKeys[0] ?? ""} ${text}`)
}

/** The local direct socket sends no address: then all requests come from one network. */
function addressOf(request: Request): string {
  return request.headers.get("CF-Connecting-IP") ?? "local"
}

/** The networks that contain an address, narrowest first, each with its multiple of the narrowest one's limit. */
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

/** Providers that ignore some characters before the @, each with the domain that its addresses are counted under. */
const gmail = { domain: "gmail.com", ignored: /\./g }
/** Proton ignores hyphens and underscores too (its page on addresses and aliases). */
const proton = { domain: "proton.me", ignored: /[._-]/g }
const providers = new Map([
  ["gmail.com", gmail],
  ["googlemail.com", gmail],
  ["proton.me", proton],
  ["protonmail.com", proton],
  ["protonmail.ch", proton],
  ["pm.me", proton],
])

/**
 * The inbox that an address reaches, as far as can be told from outside: folded, without a +tag (RFC 5233), without the
 * characters that the provider ignores. Many spellings of one inbox must count as one (threat model 58). Only for counting:
 * accounts are told apart by `foldEmail`.
 */
export function foldInbox(email: string): string {
  const folded = foldEmail(email)
  const at = folded.lastIndexOf("@")
  const local = folded.slice(0, at)
  const domain = folded.slice(at + 1)
  const provider = providers.get(domain)
  const tag = local.indexOf("+")
  const name = (tag > 0 ? local.slice(0, tag) : local).replace(provider?.ignored ?? "", "")
  return `${name || local}@${provider?.domain ?? domain}`
}
