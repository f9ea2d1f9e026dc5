// `npm start`: the whole site on this machine, from nothing, with the content folder published and watched.
import { mkdirSync } from "node:fs"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { formatProblem } from "../../article/problem.ts"
import { CLIError } from "../failure.ts"
import { publishFolder } from "../publish-run.ts"
import { bundleWorker } from "./bundle.ts"
import { keepKey } from "./keys.ts"
import { openLiveReload } from "./live-reload.ts"
import { takeState } from "./lock.ts"
import { drawMaps } from "./maps.ts"
import { startServer } from "./server.ts"
import { watchFolder } from "./watch.ts"

const root = resolve(import.meta.dirname, "../../..")
const minute = 60_000

interface Flags {
  readonly port: number
  readonly state: string
  readonly content: string
  readonly watch: boolean
  readonly publish: boolean
}

function readFlags(): Flags {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      port: { type: "string", default: "8787" },
      state: { type: "string", default: join(root, ".wrangler", "dateline") },
      content: { type: "string", default: join(root, "content") },
      watch: { type: "boolean", default: true },
      empty: { type: "boolean", default: false },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new CLIError(`--port ${values.port} is no port: give a number from 1 to 65535`, 2)
  return {
    port,
    state: resolve(values.state),
    content: resolve(values.content),
    watch: values.watch,
    publish: !values.empty,
  }
}

async function start(flags: Flags): Promise<void> {
  mkdirSync(join(flags.state, "mail"), { recursive: true })
  const lock = takeState(flags.state)
  const deskKey = keepKey(flags.state, "desk.key")
  const sessionKeys = keepKey(flags.state, "session.keys")
  drawMaps()
  const script = bundleWorker(root)
  const liveReload = flags.watch ? await openLiveReload() : null
  const { port, state } = flags
  const server = await startServer({ root, script, state, port, deskKey, sessionKeys, liveReload: liveReload?.address })
  lock.recordChildren()
  const url = `http://localhost:${port}`
  const publish = (paths?: string[]) => publishAndTell({ content: flags.content, url, key: deskKey, paths })
  let stopWatching = () => {}
  let ending = false
  const cron = setInterval(() => server.runCron().catch(() => undefined), minute)
  const end = async (code: number) => {
    if (ending) return
    ending = true
    clearInterval(cron)
    stopWatching()
    liveReload?.stop()
    await server.stop()
    lock.release()
    process.exit(code)
  }
  process.on("SIGINT", () => end(0))
  process.on("SIGTERM", () => end(0))
  if (flags.publish) await publish()
  if (flags.watch)
    stopWatching = watchFolder(flags.content, async (paths) => {
      if (paths?.length !== 0 && (await publish(paths))) liveReload?.reload()
    })
  console.log(`Editor's key: ${join(state, "desk.key")}`)
  console.log(`Ready on ${url}`)
}

/** Publishes the folder and prints what an editor wants to know. @returns whether anything changed on the site */
async function publishAndTell(options: { content: string; url: string; key: string; paths: string[] | undefined }) {
  try {
    const started = performance.now()
    const outcome = await publishFolder(options)
    for (const problem of outcome.problems) console.error(formatProblem(problem))
    for (const conflict of outcome.conflicts)
      console.error(
        `${conflict.path} was changed on the site by ${conflict.who} (${conflict.when}, revision ${conflict.revision}) — compare with \`npx dateline diff ${conflict.path}\`, overwrite with \`npx dateline publish --force\``,
      )
    const ms = Math.round(performance.now() - started)
    if (outcome.published.length === 1) console.log(`Published ${outcome.published[0]?.url} (${ms} ms)`)
    else if (outcome.published.length > 1) console.log(`Published ${outcome.published.length} articles (${ms} ms)`)
    return outcome.published.length > 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return false
  }
}

try {
  await start(readFlags())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(error instanceof CLIError ? error.code : 1)
}
