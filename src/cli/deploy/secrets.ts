// The secrets of a deployed Worker. Missing ones are generated or prompted for; none is ever passed on a command line.
import { randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { basename, dirname } from "node:path"
import { createInterface } from "node:readline/promises"
import { Writable } from "node:stream"
import { deskKeyFile } from "../commander.ts"
import { keepKey } from "../local/lock.ts"
import { writePrivateFile } from "../write-files.ts"

/** Asks the operator for a value, and shows what they type unless it is a secret. "" means that there is none. */
export type Ask = (question: string, secret: boolean) => Promise<string>

/** Optional secrets, in the order of the questions. If a group's first one is left empty, the rest is skipped. */
export const optionalSecrets = [
  { purpose: "payments with Stripe (docs/members.md)", names: ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"] },
  {
    purpose: "newsletters with Amazon SES (docs/mail.md)",
    names: ["SES_ACCESS_KEY_ID", "SES_SECRET_ACCESS_KEY", "SES_REGION", "SES_CONFIGURATION_SET", "SES_TOPIC_ARN"],
  },
] as const

/**
 * The secrets to set. A Worker without SESSION_KEYS is new: only then are the optional ones asked for.
 * @param known the names of the Worker's secrets
 * @param deskKey creates the admin key, or reads the one that an interrupted run created
 */
export async function chooseSecrets(known: ReadonlySet<string>, deskKey: () => string, ask: Ask | null) {
  const secrets: Record<string, string> = {}
  if (!known.has("DESK_KEY")) secrets.DESK_KEY = deskKey()
  if (known.has("SESSION_KEYS")) return secrets
  secrets.SESSION_KEYS = randomBytes(32).toString("base64url")
  for (const { names, purpose } of ask === null ? [] : optionalSecrets)
    for (const [at, name] of names.entries()) {
      if (known.has(name)) continue
      const value = (await ask?.(`${name}, for ${purpose}`, true))?.trim() ?? ""
      if (value !== "") secrets[name] = value
      else if (at === 0) break
    }
  return secrets
}

/** Asks questions in the terminal. Null if there is none, as nobody could answer. */
export function findTerminal(): Ask | null {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return null
  return async (question, secret) => {
    const prompt = `${question} (Enter for none${secret ? "; input is hidden" : ""}): `
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
    // From here on, the terminal itself does not echo what is typed.
    const lines = createInterface({ input: process.stdin, output: secret ? silent : process.stdout, terminal: true })
    if (secret) process.stdout.write(prompt)
    lines.on("SIGINT", () => process.exit(130))
    const answer = await lines.question(secret ? "" : prompt)
    lines.close()
    if (secret) process.stdout.write("\n")
    return answer
  }
}

/** The admin key of the site at `origin`, or at `before`, its former address. `create`: make one if there is none. */
export function keepDeskKey(origin: string, before: string, create: boolean): string | null {
  const [file, older] = [deskKeyFile(origin), deskKeyFile(before)]
  if (!existsSync(file) && existsSync(older)) writePrivateFile(file, readFileSync(older, "utf8"))
  if (!existsSync(file) && !create) return null
  return keepKey(dirname(file), basename(file))
}
