// Signs and verifies tokens with HMAC-SHA256, separately for each purpose. Unlike JWTs, tokens name no algorithm.

/** The longest token that is verified, in characters. Ours have about 250. */
const longest = 1024
const shape = /^[\w-]+\.[\w-]{43}$/
/** Shorter keys are ignored: RFC 2104 §3 asks for at least as many bytes as the hash's output has. */
const shortestKey = 32

const encoder = new TextEncoder()
const imported = new Map<string, CryptoKey>()

/** The keys in a setting, newest first, separated by white space. Only the newest two are used. */
export function readKeys(setting: string | undefined): string[] {
  return (setting ?? "")
    .split(/\s+/)
    .filter((key) => key.length >= shortestKey)
    .slice(0, 2)
}

/** Signs fields for a purpose with the newest key. @throws if there is no key */
export async function signFields(purpose: string, fields: readonly (string | number)[], keys: readonly string[]) {
  const [newest] = keys
  if (newest === undefined) throw new Error("SESSION_KEYS has no key of 32 characters or more")
  const payload = encode(encoder.encode(JSON.stringify(fields)))
  const mac = await crypto.subtle.sign("HMAC", await importKey(newest), encoder.encode(`${purpose}.${payload}`))
  return `${payload}.${encode(new Uint8Array(mac))}`
}

/** The fields of a token, or null unless one of the keys signed it for this purpose. Never throws. */
export async function openFields(purpose: string, text: string, keys: readonly string[]): Promise<unknown[] | null> {
  if (text.length > longest || !shape.test(text)) return null
  const [payload = "", mac = ""] = text.split(".")
  const signature = decode(mac)
  if (signature === null) return null
  const signed = encoder.encode(`${purpose}.${payload}`)
  for (const key of keys)
    if (await crypto.subtle.verify("HMAC", await importKey(key), signature, signed)) return readFields(payload)
  return null
}

function readFields(payload: string): unknown[] | null {
  const bytes = decode(payload)
  if (bytes === null) return null
  try {
    const fields: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return Array.isArray(fields) ? fields : null
  } catch {
    return null
  }
}

async function importKey(key: string): Promise<CryptoKey> {
  const known = imported.get(key)
  if (known !== undefined) return known
  const made = await crypto.subtle.importKey("raw", encoder.encode(key), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ])
  imported.set(key, made)
  return made
}

function encode(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true })
}

/** Strict base64url, so that bytes have only one encoding: no unused bits set in the last character (RFC 4648 §3.5). */
function decode(text: string): Uint8Array<ArrayBuffer> | null {
  const padding = "=".repeat((4 - (text.length % 4)) % 4)
  try {
    return Uint8Array.fromBase64(text + padding, { alphabet: "base64url", lastChunkHandling: "strict" })
  } catch {
    return null
  }
}
