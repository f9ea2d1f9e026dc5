// The process of `npm run serve` that runs one version of the site: the production bundle in workerd, on a port that
// only the parent may use. It starts without touching the databases, which its predecessor may still be using.
import { randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { parseEnv } from "node:util"
import config from "../../../dateline.config.ts"
import { isOrigin } from "../../site/config-schema.ts"
import { explainFailure, isEditorsKey, wrongKey } from "../commander.ts"
import { CLIError, explainFileError } from "../output.ts"
import { requireValidConfig } from "../site-config.ts"
import { makePrivate } from "../write-files.ts"
import { bundleWorker } from "./bundle.ts"
import type { Backend } from "./forward.ts"
import { explainSessionKeys } from "./lock.ts"
import { drawMaps } from "./maps.ts"
import { startWorkerd, takeSignals } from "./server.ts"

/** `migrate` applies new migrations, `open` starts the cron. */
export type Command = "migrate" | "open"
/** The answer to a command. The first one is sent unasked, when the site can be opened. */
export type Reply = (Backend & { readonly origin: string }) | { readonly done: Command } | { readonly failed: string }

const required = ["SES_ACCESS_KEY_ID", "SES_SECRET_ACCESS_KEY", "SES_REGION"]
const optional = ["SES_CONFIGURATION_SET", "SES_TOPIC_ARN", "SES_API", "STRIPE_API"]
const names = ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", ...required, ...optional]
const root = resolve(import.meta.dirname, "../../..")
const [, , state = ""] = process.argv
const reply = (message: Reply) => process.send?.(message)

/** Settings from the environment, or else from `STATE/secrets.env`. */
function readSettings() {
  const file = join(state, "secrets.env")
  makePrivate(file)
  const stored = existsSync(file) ? parseEnv(readSecrets(file)) : {}
  const read = (name: string) => process.env[name] || stored[name] || undefined
  const missing = required.filter((name) => !read(name))
  if (missing.length > 0) {
    const where = `in the environment or in ${file}. See docs/mail.md`
    throw new CLIError(`Sign-in links are sent through Amazon SES. Set ${missing.join(", ")} ${where}`, 2)
  }
  const [origin = config.origin, deskKey, sessionKeys] = ["ORIGIN", "DESK_KEY", "SESSION_KEYS"].map(read)
  if (!isOrigin(origin))
    throw new CLIError(`ORIGIN must be only scheme and host, such as https://news.example, not ${origin}`, 2)
  if (deskKey !== undefined && !isEditorsKey(deskKey)) throw new CLIError(`DESK_KEY ${wrongKey}`, 2)
  const wrong = sessionKeys === undefined ? null : explainSessionKeys(sessionKeys)
  if (wrong !== null) throw new CLIError(`SESSION_KEYS ${wrong}`, 2)
  const services = Object.fromEntries(names.flatMap((name) => [[name, read(name)]].filter(([, value]) => value)))
  return { services: { ...services, ORIGIN: origin } as Record<string, string>, deskKey, sessionKeys }
}

function readSecrets(file: string): string {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    // Node does not name a folder that was read.
    throw new CLIError(`${file} cannot be read: ${explainFileError(error as Error)}`, 2)
  }
}

let site: Awaited<ReturnType<typeof startWorkerd>> | undefined
let cron: NodeJS.Timeout | undefined
// Stops when the parent has ended or no longer needs this process.
process.on("disconnect", async () => {
  clearInterval(cron)
  await site?.stop().catch(() => undefined)
  process.exit()
})

async function run(): Promise<void> {
  requireValidConfig()
  const settings = readSettings()
  await drawMaps()
  process.umask(0o077)
  const pass = randomBytes(24).toString("base64url")
  const bundle = await bundleWorker(root)
  const started = await startWorkerd({ ...settings, bundle, state, port: 0, pass, print: console.log })
  site = started
  // The parent decides when this process ends.
  takeSignals(() => undefined)
  const runCron = () => started.runCron().catch(console.error)
  const commands: Record<Command, () => unknown> = {
    migrate: started.migrate,
    open() {
      cron = setInterval(runCron, 60_000)
      void runCron()
    },
  }
  process.on("message", async (command: Command) => {
    try {
      await commands[command]()
      reply({ done: command })
    } catch (error) {
      reply({ failed: explainFailure(error as Error) })
    }
  })
  reply({ port: started.port, pass, origin: settings.services.ORIGIN as string })
}

await run().catch((error: Error) => {
  reply({ failed: explainFailure(error) })
  process.disconnect()
})
