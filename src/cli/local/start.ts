// `npm start`: runs the whole site on this machine from scratch, publishing and watching the content folder.
import { join, resolve } from "node:path"
import { createProgram, readFolder, runProgram } from "../commander.ts"
import { openFolder } from "../content-folder.ts"
import { publishFolder } from "../publish-folder.ts"
import type { RunOutput } from "../send-articles.ts"
import { requireValidConfig } from "../site-config.ts"
import { bundleWorker } from "./bundle.ts"
import { keepKey, takeState } from "./lock.ts"
import { drawMaps } from "./maps.ts"
import { checkPort, readPort, startWorkerd, takeSignals } from "./server.ts"
import { createRepublisher, openLiveReload, watchFolder } from "./watch.ts"

const root = resolve(import.meta.dirname, "../../..")
const minute = 60_000

interface Flags {
  readonly port?: string
  readonly state?: string
  readonly content?: string
  readonly watch: boolean
  readonly empty?: boolean
  readonly cards: boolean
}

const program = createProgram("npm start --")
  .description("Run the whole site on this machine, publish the content folder and watch it for changes.")
  .option("--port <number>", "the port to listen on (default: 8787)")
  .option("--state <folder>", "where databases, keys and emails are kept (default: .wrangler/dateline)")
  .option("--content <folder>", "the content folder (default: content)")
  .option("--no-watch", "do not watch the folder")
  .option("--no-cards", "do not draw social cards")
  .option("--empty", "start without publishing the folder")
  .addHelpText("after", "\nExamples:\n  npm start\n  npm start -- --port 8800 --state /tmp/try --no-watch")
  .action(start)

/** Settings from the environment: Stripe's, for its test mode and our tests; SES's only with a stand-in for its API. */
function readServices(env: NodeJS.ProcessEnv): Record<string, string> {
  const ses = ["SES_ACCESS_KEY_ID", "SES_SECRET_ACCESS_KEY", "SES_REGION", "SES_CONFIGURATION_SET", "SES_API"]
  const names = ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API", ...(env.SES_API ? ses : [])]
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
}

/** What to clean up on exit, in reverse order. */
const cleanUp = new AsyncDisposableStack()
/** Silent once the site is stopping: what is interrupted then would report that it cannot reach the site. */
const printWith = (log: (text: string) => void) => (text: string) => void (cleanUp.disposed || log(text))
const print = { line: printWith(console.log), warn: printWith(console.error) }

async function end(code: number): Promise<void> {
  // A second Ctrl-C exits at once.
  if (!cleanUp.disposed) await cleanUp.disposeAsync().catch(console.error)
  process.exit(code)
}

async function start({ watch, empty, cards, port: typed = "8787", ...flags }: Flags): Promise<void> {
  const port = readPort(typed)
  const state = readFolder("--state", flags.state, join(root, ".wrangler", "dateline"))
  const folder = readFolder("--content", flags.content, join(root, "content"))
  const content = watch || !empty ? openFolder(folder) : folder
  requireValidConfig()
  // The maps are public. Files written after them, including workerd's databases, are readable by their owner only.
  await drawMaps()
  process.umask(0o077)
  const lock = await takeState(state)
  cleanUp.defer(() => lock.release())
  await checkPort(port)
  const deskKey = keepKey(state, "desk.key")
  const bundle = await bundleWorker(root)
  const liveReload = watch ? await openLiveReload() : null
  if (liveReload !== null) cleanUp.defer(() => liveReload.stop())
  const server = await startWorkerd({
    bundle,
    state,
    port,
    liveReload: liveReload?.address,
    services: readServices(process.env),
    print: print.line,
  })
  lock.recordChildren()
  cleanUp.defer(() => server.stop())
  await server.migrate()
  takeSignals(() => end(0))
  const cron = setInterval(() => server.runCron().catch(() => undefined), minute)
  cleanUp.defer(() => clearInterval(cron))

  const url = `http://localhost:${port}`
  // Social cards are drawn one publish at a time, and only once the site is ready.
  const ready = Promise.withResolvers<void>()
  let cardsDrawn = ready.promise
  const drawCards = (draw: () => Promise<void>) => {
    if (cards) cardsDrawn = cardsDrawn.then(draw)
  }
  const output: RunOutput = {
    warn: print.warn,
    progress(done, all, things) {
      if (things === "cards" && done === all && all > 1) print.line(`Drew ${all} social cards`)
    },
  }
  const republisher = createRepublisher(
    content,
    (paths, listed) => publishFolder({ content, url, key: deskKey, paths, listed, output, cards: drawCards }),
    print,
  )
  // Watch before the first publish, so that files saved during it are not missed.
  if (watch) {
    const watching = await watchFolder(content, async (files) => {
      await ready.promise
      const changed = await republisher.publish(files)
      liveReload?.update(changed, republisher.mistakes())
    })
    cleanUp.defer(() => watching.stop())
  }
  if (!empty) await republisher.publish()
  liveReload?.update(false, republisher.mistakes())
  await (await fetch(`${url}/healthz`)).arrayBuffer()
  console.log(`Editor's key: ${join(state, "desk.key")}`)
  console.log(`Ready on ${url}`)
  ready.resolve()
}

takeSignals(() => end(0))
// Nobody reads the output any more: the terminal was closed, or a pipe such as `npm start | head`.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => end(0))
await runProgram(program, process.argv.slice(2))
if (process.exitCode !== undefined) await end(Number(process.exitCode))
