// From where somebody asks, as far as a rate limit must know it: a hash, never an address that could be read back.
import { hashContent } from "../store/bodies.ts"

/**
 * A key for the network that a request comes from: an IPv4 address, or an IPv6 /64, which one household or host has whole.
 * Hashed with a secret, since there are few enough IPv4 addresses to try them all. On the local direct socket there is no
 * address: then all requests are of one network.
 */
export function hashNetwork(request: Request, secret: string): Promise<string> {
  return hashContent(`${secret} ${networkOf(request.headers.get("CF-Connecting-IP") ?? "local")}`)
}

/** `203.0.113.7` as it is; `2001:db8::1` as `2001:db8:0:0`. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = "", tail = ""] = address.toLowerCase().split("::")
  const before = head === "" ? [] : head.split(":")
  const after = tail === "" ? [] : tail.split(":")
  const zeros = address.includes("::") ? Math.max(0, 8 - before.length - after.length) : 0
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")
}
