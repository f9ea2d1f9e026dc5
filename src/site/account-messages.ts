// The texts of the members' room and its letters: a table of their own, so that no reader's request loads them.
import { arabic } from "./account-messages-ar.ts"
import { type AccountMessageKey, english } from "./account-messages-en.ts"
import { french } from "./account-messages-fr.ts"
import { createMessages } from "./messages.ts"
import type { Text } from "./messages-en.ts"

/** A text of the members' room, as `message` gives the pages' texts. */
export const accountMessage = createMessages<AccountMessageKey>(
  new Map<string, Readonly<Record<AccountMessageKey, Text>>>([
    ["en", english],
    ["fr", french],
    ["ar", arabic],
  ]),
)
