// The wall: who may read what. One pure function decides.
import { openFields, signFields } from "./signed.ts"

/** For whom a page is built: part of every cache's key. `gift`: somebody to whom a member gave this one article. */
export type Audience = "public" | "members" | "gift"

/** An audience as the caches' key has it: a gift with the id of the article that was given. */
export type AudienceKey = "public" | "members" | `gift ${string}`

/** `full` or `teaser`. A gift opens the article that was given and no other. Page, twin and private feed ask this. */
export function decideAccess(article: { id: string; gated: boolean }, audience: AudienceKey): "full" | "teaser" {
  return !article.gated || audience === "members" || audience === `gift ${article.id}` ? "full" : "teaser"
}

/** An audience without the article that was given. */
export function audienceOf(audience: AudienceKey): Audience {
  return audience === "public" || audience === "members" ? audience : "gift"
}

/** A gift link's token: which gift, and until when. A forged one costs no look-up. */
export interface Gift {
  readonly id: string
  /** Seconds since the epoch. */
  readonly expires: number
}

/** A gift opens its article for 7 days, seconds. */
export const giftLasts = 604_800

const purpose = "dateline-gift.v1"
const shape = /^[\w-]{1,200}\.[\w-]{43}$/

/** Signs a gift with the newest key. */
export function signGift({ id, expires }: Gift, keys: readonly string[]): Promise<string> {
  return signFields(purpose, [id, expires], keys)
}

/** The gift that a token carries, or null: forged, expired, malformed. `now` in seconds. */
export async function verifyGift(token: string, keys: readonly string[], now: number): Promise<Gift | null> {
  const fields = await openFields(purpose, token, keys)
  if (fields === null || fields.length !== 2) return null
  const [id, expires] = fields
  if (typeof id !== "string" || !Number.isSafeInteger(expires)) return null
  return (expires as number) > now ? { id, expires: expires as number } : null
}

/** May this be a gift's token? */
export function isGiftToken(text: string): boolean {
  return shape.test(text)
}
