// The e-mail that confirms a newsletter sign-up: who may be sent one, and how often.
import { writeLetter } from "../mail/letter.ts"
import { draftAlready, draftConfirmation } from "../mail/newsletter-letters.ts"
import { consume, consumeFor, type Limit } from "../store/rate-limits.ts"
import { addConfirmation, findSubscriber, removeConfirmation } from "../store/subscribers.ts"
import type { Door } from "./door.ts"
import { hashKey, hour, inAll, networkLimits } from "./network.ts"

/** E-mails that confirm, to anyone. */
const allLimit: Limit = { key: "newsletter", ...inAll }

/** May a sign-up go on? Depends on nothing that is known of the address. @returns as `consume` does */
export async function admitSignUp(request: Request, door: Door, now: number): Promise<number> {
  const networks = await networkLimits(request, door, "newsletter")
  return consume(door.people, [...networks, { ...allLimit, peek: true }], now)
}

/**
 * Sends the e-mail that confirms, or says that there is nothing to confirm: one to a mailbox in 24 hours, however its
 * address is spelt and wherever the request comes from. An e-mail that could not be sent is not counted. Never throws: it
 * runs after the response.
 * @param mailbox the address as it is counted
 */
export async function sendConfirmation(
  door: Door,
  reader: { readonly email: string; readonly language: string },
  mailbox: string,
  now: number,
): Promise<void> {
  try {
    const key = `newsletter mailbox:${await hashKey(mailbox, door)}`
    const limits = [{ key, most: 1, window: 24 * hour }, allLimit]
    await consumeFor(door.people, limits, now, () => writeConfirmation(door, reader, now))
  } catch (error) {
    console.error("a confirming letter was not sent", error instanceof Error ? error.name : "")
  }
}

async function writeConfirmation(door: Door, reader: { email: string; language: string }, now: number) {
  const known = await findSubscriber(door.people, reader.email)
  if (known?.subscriptions.some(({ list }) => list === "headlines"))
    return door.send(writeLetter(draftAlready(known, known.token, door.site), door.site))
  const token = await addConfirmation(door.people, reader, now)
  try {
    await door.send(writeLetter(draftConfirmation(reader, token, door.site), door.site))
  } catch (error) {
    // While e-mail is down, rows for strangers must not pile up.
    await removeConfirmation(door.people, token)
    throw error
  }
}
