// Who may be sent a confirming letter, and how often: nobody is to be flooded in another's name.
import { writeLetter } from "../mail/letter.ts"
import { draftAlready, draftConfirmation } from "../mail/newsletter-letters.ts"
import { countAttempt, forgetAttempt, hasRoom } from "../store/attempts.ts"
import { hashContent } from "../store/bodies.ts"
import { addConfirmation, findSubscriber } from "../store/subscribers.ts"
import type { Door } from "./door.ts"
import { hashNetwork } from "./network.ts"

const hour = 3_600_000
/** Sign-ups from one network in an hour: an office or a mobile provider has many people behind one address. */
const networkLimit = { most: 60, window: hour }
/** One letter to a mailbox in 24 hours, however its address is spelt and wherever it is asked for (SPEC §7). */
const mailboxLimit = { most: 1, window: 24 * hour }
/** Confirming letters in an hour, to anyone: what a flood from many networks can make us send. */
const allLimit = { key: "newsletter all", most: 500, window: hour }

/** May a sign-up from here go on? It depends on nothing that is known of the address. Counts it. */
export async function admitSignUp(
  request: Request,
  door: Door,
  now: number,
): Promise<"yes" | "busy network" | "busy site"> {
  const network = await hashNetwork(request, secretOf(door))
  const [room, calm] = await Promise.all([
    hasRoom(door.people, allLimit, now),
    countAttempt(door.people, [{ key: `newsletter network:${network}`, ...networkLimit }], now),
  ])
  if (!calm) return "busy network"
  return room ? "yes" : "busy site"
}

/**
 * Sends the letter that confirms, or says that there is nothing to confirm; nothing when the mailbox has had one today. What
 * could not be sent is not counted. Never throws: it runs after the answer.
 * @param mailbox the address as it is counted
 */
export async function sendConfirmation(
  door: Door,
  reader: { readonly email: string; readonly language: string },
  mailbox: string,
  now: number,
): Promise<void> {
  try {
    const key = `newsletter mailbox:${await hashContent(`${secretOf(door)} ${mailbox}`)}`
    if (!(await countAttempt(door.people, [{ key, ...mailboxLimit }, allLimit], now))) return
    try {
      await door.send(await writeConfirmation(door, reader, now))
    } catch (error) {
      await forgetAttempt(door.people, [key, allLimit.key], now)
      throw error
    }
  } catch (error) {
    console.error("a confirming letter was not sent", error instanceof Error ? error.name : "")
  }
}

async function writeConfirmation(door: Door, reader: { email: string; language: string }, now: number) {
  const known = await findSubscriber(door.people, reader.email)
  if (known?.subscriptions.some(({ list }) => list === "headlines"))
    return writeLetter(draftAlready(known, known.token, door.site), door.site)
  const token = await addConfirmation(door.people, reader, now)
  return writeLetter(draftConfirmation(reader, token, door.site), door.site)
}

function secretOf(door: Door): string {
  return door.sessionKeys[0] ?? ""
}
