// Reads and writes article bodies in KV. They are immutable: each key is the SHA-256 of its value, so no read is stale.
import type { Division } from "../article/article.ts"
import { StoreFailure } from "./failure.ts"
import { first, list } from "./sql.ts"
import type { Texts } from "./stores.ts"

/** The store behind public pages. It has no access to members-only text. */
export interface PublicBodies {
  readonly articles: KVNamespace
}

/** The stores behind members' pages. */
export interface MembersBodies extends PublicBodies {
  readonly members: KVNamespace
}

/** The hashes of an article's public and members-only text, and how the two fit together. */
export interface BodyHashes {
  readonly division: Division
  readonly openHash: string
  readonly membersHash: string | null
}

const encoder = new TextEncoder()

/** Lower-case hex SHA-256 of the given bytes, or of a text's UTF-8 bytes. */
export async function hashContent(content: string | Uint8Array): Promise<string> {
  const bytes = typeof content === "string" ? encoder.encode(content) : content
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()
}

/** The text that everyone may read. One KV read. @throws StoreFailure when it is missing or corrupt */
export function readOpenBody(bodies: PublicBodies, hashes: BodyHashes): Promise<string> {
  return readBody(bodies.articles, hashes.openHash)
}

/** The full text, for members; both parts are read in parallel. @throws StoreFailure when one is missing or corrupt */
export async function readWholeBody(bodies: MembersBodies, hashes: BodyHashes): Promise<string> {
  if (hashes.membersHash === null) return readOpenBody(bodies, hashes)
  if (hashes.division === "teaser") return readBody(bodies.members, hashes.membersHash)
  const [open, members] = await Promise.all([
    readBody(bodies.articles, hashes.openHash),
    readBody(bodies.members, hashes.membersHash),
  ])
  return open + members
}

/** A text as stored in KV: UTF-8 bytes under their hash. */
export interface Body {
  readonly hash: string
  readonly bytes: Uint8Array
}

/** Encodes a text once, for both hashing and writing. */
export async function createBody(text: string): Promise<Body> {
  const bytes = encoder.encode(text)
  return { hash: await hashContent(bytes), bytes }
}

/** Writes each body that no revision refers to yet, once. */
export async function writeBodies({ catalogue, bodies }: Texts, open: readonly Body[], members: readonly Body[]) {
  const all = { articles: indexByHash(open), members: indexByHash(members) }
  const query = `SELECT 'articles' AS store, value AS hash FROM json_each(?1)
      WHERE NOT EXISTS (SELECT 1 FROM revisions WHERE open_hash = value)
    UNION ALL SELECT 'members', value FROM json_each(?2)
      WHERE NOT EXISTS (SELECT 1 FROM revisions WHERE members_hash = value)`
  const hashes = [all.articles, all.members].map((texts) => JSON.stringify([...texts.keys()]))
  const found = await list<{ store: keyof typeof all; hash: string }>(catalogue, query, ...hashes)
  await Promise.all(
    found.map(({ store, hash }) => putBytes(bodies[store], hash, all[store].get(hash) ?? new Uint8Array())),
  )
}

const indexByHash = (bodies: readonly Body[]) => new Map(bodies.map(({ hash, bytes }) => [hash, bytes]))

/**
 * Retry delays in milliseconds. KV allows one write per second per key (platform limit), and concurrent requests may
 * write the same body.
 */
const pauses = [1_100, 2_200, 4_400]

/** Writes bytes under their hash, and retries when KV answers 429. */
export async function putBytes(kv: KVNamespace, hash: string, bytes: Uint8Array, metadata?: object): Promise<void> {
  for (const pause of [...pauses, null]) {
    try {
      return await kv.put(hash, bytes, metadata && { metadata })
    } catch (error) {
      if (pause === null || !(error instanceof Error && /\b429\b/.test(error.message))) throw error
      await new Promise((resolve) => setTimeout(resolve, pause * (1 + Math.random() / 2)))
    }
  }
}

/**
 * A picture's bytes, its extension and when it was stored, or null if no picture has that hash.
 * @throws StoreFailure when the catalogue lists it but KV does not have it, or its bytes are corrupt
 */
export async function readPicture(media: KVNamespace, catalogue: D1Database, sha256: string) {
  const found = await media.getWithMetadata<{ extension: string; at?: number }>(sha256, "arrayBuffer")
  if (found.value === null || found.metadata === null) {
    const named = await first(catalogue, "SELECT 1 FROM media WHERE sha256 = ?1", sha256)
    if (named !== null) throw new StoreFailure(`picture ${sha256} is not in KV`)
    return null
  }
  const bytes = new Uint8Array(found.value)
  if ((await hashContent(bytes)) !== sha256) throw new StoreFailure(`picture ${sha256} is damaged`)
  // Early pictures were stored without a time.
  return { bytes, extension: found.metadata.extension, at: found.metadata.at ?? 0 }
}

/** A text by its hash. @throws StoreFailure when it is missing or corrupt */
export async function readBody(kv: KVNamespace, hash: string): Promise<string> {
  const bytes = await kv.get(hash, "arrayBuffer")
  if (bytes === null) throw new StoreFailure(`body ${hash} is not in KV`)
  if ((await hashContent(new Uint8Array(bytes))) !== hash) throw new StoreFailure(`body ${hash} is damaged`)
  return decoder.decode(bytes)
}

// ignoreBOM keeps a leading byte order mark, so that the text still hashes to its key when written again.
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true })
