// A gift link's token: which gift, and until when. A forged one costs no look-up.
import { openFields, signFields } from "./signed.ts"

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
