// The paywall: one pure function decides who may read what.
import { openFields, signFields } from "./signed-tokens.ts"

/** Whom a page is built for; part of every cache key. `gift`: someone to whom a member gave this one article. */
export type Audience = "public" | "members" | "gift"

/** An audience as it appears in cache keys: for a gift, with the id of the article that was given away. */
export type AudienceKey = "public" | "members" | `gift ${string}`

/** Whether an audience may read all of an article or edition: on its page, as Markdown and in the private feed. */
export function mayReadAll(article: { id: string; gated: boolean }, audience: AudienceKey): boolean {
  return !article.gated || audience === "members" || audience === `gift ${article.id}`
}

/** The audience in a key. */
export const audienceOf = (audience: AudienceKey): Audience =>
  audience === "public" || audience === "members" ? audience : "gift"

/** What a gift link's token says: which gift, and when it expires. It is signed, so forgeries fail without a lookup. */
interface Gift {
  readonly id: string
  /** Seconds since the epoch. */
  readonly expires: number
}

/** How long a gift link opens its article, in seconds: 7 days. */
export const giftLasts = 604_800

const purpose = "dateline-gift.v1"
const shape = /^[\w-]{1,200}\.[\w-]{43}$/

export function signGift({ id, expires }: Gift, keys: readonly string[]): Promise<string> {
  return signFields(purpose, [id, expires], keys)
}

/** The gift in a token, or null if it is forged, expired or malformed. `now` is in seconds. */
export async function verifyGift(token: string, keys: readonly string[], now: number): Promise<Gift | null> {
  const fields = await openFields(purpose, token, keys)
  if (fields === null || fields.length !== 2) return null
  const [id, expires] = fields
  if (typeof id !== "string" || !Number.isSafeInteger(expires)) return null
  return (expires as number) > now ? { id, expires: expires as number } : null
}

export const isGiftToken = (text: string): boolean => shape.test(text)
