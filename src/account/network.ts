// How often one network may ask for something. A limit that one attacker could use up would lock out everybody else, so
// each level of the hierarchy allows more than any one network below it (threat model 57).
import { hashContent } from "../store/bodies.ts"
import type { Limit } from "../store/rate-limits.ts"
import type { Door } from "./door.ts"

export const hour = 3_600_000
/** What the whole site does for strangers in an hour, of each kind. One IPv4 /24 or IPv6 /32 gets at most 24 % of it. */
export const inAll = { most: 1_000, window: hour }

/**
 * Requests that one IPv4 address or IPv6 /64 may make in an hour. The networks around it may make a multiple: an IPv6 /56
 * twice, a /48 three times, an IPv6 /32 or IPv4 /24 four times as many.
 */
const perNetwork = { "sign-in": 20, newsletter: 60, join: 30, billing: 30 }

/** The limits of the networks that a request comes from. Their keys are hashes: nobody can read the address back. */
export async function networkLimits(
  request: Request,
  door: Door,
  action: keyof typeof perNetwork,
): Promise<readonly Limit[]> {
  const networks = networksOf(addressOf(request))
  return Promise.all(
    networks.map(async ([network, share]) => ({
      key: `${action} network:${await hashKey(network, door)}`,
      most: perNetwork[action] * share,
      window: hour,
    })),
  )
}

/** The most that one attacker can easily hold, as a key: an IPv4 address, or an IPv6 /32. */
export function ownerOf(request: Request): string {
  const networks = networksOf(addressOf(request))
  return (networks[0]?.[0].includes(":") ? networks.at(-1)?.[0] : networks[0]?.[0]) ?? ""
}

/** A keyed hash: there are few enough IPv4 addresses, and known e-mail addresses, to try them all. */
export function hashKey(text: string, door: Door): Promise<string> {
  return hashContent(`${door.sessionKeys[0] ?? ""} ${text}`)
}

/** The local direct socket sends no address: then all requests come from one network. */
function addressOf(request: Request): string {
  return request.headers.get("CF-Connecting-IP") ?? "local"
}

/** The networks that contain an address, narrowest first, each with its multiple of the narrowest one's limit. */
export function networksOf(address: string): [network: string, share: number][] {
  const ipv4 = /^(?:::ffff:)?((?:\d+\.){3})(\d+)$/i.exec(address)
  if (ipv4 !== null) {
    const [, start, end] = ipv4
    return [
      [`${start}${end}`, 1],
      [`${start}0/24`, 4],
    ]
  }
  if (!address.includes(":")) return [[address, 1]]
  const [head = "", tail] = address.toLowerCase().split("::")
  const before = head === "" ? [] : head.split(":")
  const after = tail ? tail.split(":") : []
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array<string>(zeros).fill("0"), ...after].map((group) => group.padStart(4, "0"))
  const prefix = (bits: number) => `${groups.join("").slice(0, bits / 4)}:/${bits}`
  return [
    [prefix(64), 1],
    [prefix(56), 2],
    [prefix(48), 3],
    [prefix(32), 4],
  ]
}
