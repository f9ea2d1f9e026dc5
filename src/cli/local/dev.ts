// `npm run dev`: creates the tables, runs `wrangler dev` with the given arguments, and keeps the content published.
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { explainFailure } from "../commander.ts"
import { CLIError } from "../output.ts"
import { publishFolder } from "../publish-folder.ts"
import { requireValidConfig } from "../site-config.ts"
import { makePrivateFolder, writePrivateFile } from "../write-files.ts"
import { bundleWorker } from "./bundle.ts"
import { keepKey } from "./lock.ts"
import { checkPort, readPort, startServer } from "./server.ts"
import { createRepublisher, watchFolder } from "./watch.ts"

const root = resolve(import.meta.dirname, "../../..")
const options = {
  port: { type: "string" },
  "persist-to": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const
const { values } = parseArgs({ options, strict: false })

// What fails before wrangler runs is reported in one sentence.
process.once("uncaughtException", (error) => {
  console.error(explainFailure(error))
  process.exit(error instanceof CLIError ? error.code : 2)
})
const program = join(root, "node_modules/wrangler/bin/wrangler.js")
if (values.help) process.exit(spawnSync(process.execPath, [program, "dev", "--help"], { stdio: "inherit" }).status ?? 2)
requireValidConfig()
const port = readPort(String(values.port ?? 8787))
const url = `http://localhost:${port}`
const state = resolve(root, String(values["persist-to"] ?? ".wrangler/state"))

makePrivateFolder(state)
const [deskKey, sessionKeys] = [keepKey(state, "desk.key"), keepKey(state, "session.keys")]
const content = join(root, "content")
const republisher = createRepublisher(
  content,
  (paths, listed) =>
    publishFolder({ content, url, key: deskKey, paths, listed, output: { warn: console.error, progress() {} } }),
  { line: console.log, warn: console.error },
)
// Watch before the first publish, so that files saved during it are not missed. They are sent once wrangler is ready.
const ready = Promise.withResolvers<void>()
const watching = await watchFolder(content, async (files) => {
  await ready.promise
  await republisher.publish(files)
})
// wrangler does not create the tables, so we start our own server first, which creates them in the same stores.
await checkPort(port)
const server = await startServer({ bundle: await bundleWorker(root), state, port })
await republisher.publish()
await server.stop()
// Secrets are passed in a file, since other users of this machine can see a process's arguments.
const secrets = join(state, "secrets.env")
writePrivateFile(secrets, `ORIGIN=${url}\nDESK_KEY=${deskKey}\nSESSION_KEYS=${sessionKeys}\n`)
console.log(`Editor's key: ${join(state, "desk.key")}`)
const files = [join(root, ".dev.vars"), secrets].filter(existsSync).flatMap((file) => ["--env-file", file])
const args = [program, "dev", ...process.argv.slice(2), ...files]
const wrangler = spawn(process.execPath, args, { cwd: root, stdio: ["inherit", "inherit", "inherit", "ipc"] })
// Its only message is that it is ready (DEV_SERVER_READY).
wrangler.once("message", () => ready.resolve())
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => wrangler.kill(signal))
process.exitCode = (await once(wrangler, "exit"))[0] ?? 0
await watching.stop()
