// The session's token: who reads, signed. HMAC-SHA256 over a versioned payload, one algorithm, one purpose.

/** What a valid session says. Times in seconds since the epoch. */
export interface Session {
  /** Random id of the session, by which it can be ended. */
  readonly id: string
  /** Id of the member. */
  readonly member: string
  readonly expires: number
  /** When the membership was last verified in the catalogue of people. */
  readonly checked: number
}

/** Longest cookie that is looked at, characters: ours have about 200. */
const longestToken = 1024
/** A clock may be this far off, seconds (threat model 27). */
const skew = 60
/** A membership as last verified holds this long while the store fails, seconds. */
export const standingHolds = 86_400
/** Sessions last 30 days, seconds. */
export const sessionLasts = 2_592_000

const prefix = "dateline-session.v1."
const encoder = new TextEncoder()

/** Signs a session with the newest key. */
export async function signSession(session: Session, keys: readonly string[]): Promise<string> {
  const payload = encode(encoder.encode(JSON.stringify([session.id, session.member, session.expires, session.checked])))
  const key = await importKey(keys[0] ?? "")
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(prefix + payload))
  return `${payload}.${encode(new Uint8Array(mac))}`
}

/**
 * The session that a token carries, or null: forged, other purpose, expired, from the future, malformed. Never throws.
 * @param keys valid signing keys, newest first, so that keys rotate without signing anyone out
 * @param now seconds since the epoch
 */
export async function verifySession(token: string, keys: readonly string[], now: number): Promise<Session | null> {
  if (token.length > longestToken || !/^[\w-]+\.[\w-]{43}$/.test(token)) return null
  const [payload = "", mac = ""] = token.split(".")
  const signed = encoder.encode(prefix + payload)
  const signature = decode(mac)
  if (signature === null) return null
  for (const key of keys) {
    if (await crypto.subtle.verify("HMAC", await importKey(key), signature, signed)) return readPayload(payload, now)
  }
  return null
}

function readPayload(payload: string, now: number): Session | null {
  const bytes = decode(payload)
  if (bytes === null) return null
  try {
    const fields: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (!Array.isArray(fields) || fields.length !== 4) return null
    const [id, member, expires, checked] = fields
    if (typeof id !== "string" || typeof member !== "string") return null
    if (!Number.isSafeInteger(expires) || !Number.isSafeInteger(checked)) return null
    if (expires <= now || expires > now + sessionLasts + skew || checked > now + skew) return null
    return { id, member, expires, checked }
  } catch {
    return null
  }
}

function importKey(key: string): Promise<CryptoKey> {
  const usages = ["sign", "verify"]
  return crypto.subtle.importKey("raw", encoder.encode(key), { name: "HMAC", hash: "SHA-256" }, false, usages)
}

function encode(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true })
}

function decode(text: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" })
  } catch {
    return null
  }
}
