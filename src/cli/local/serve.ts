// `npm run serve`: runs the production bundle behind a reverse proxy. This process holds the listening socket, so
// that a restart refuses no connection. See docs/self-hosting.md and docs/decisions/035-serve.md.
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import { join, resolve } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { createProgram, explainFailure, readFolder, runProgram } from "../commander.ts"
import { CLIError } from "../output.ts"
import { createForwarder, parseProxies } from "./forward.ts"
import { takeState } from "./lock.ts"
import type { Command, Reply } from "./serve-site.ts"
import { readPort } from "./server.ts"

const root = resolve(import.meta.dirname, "../../..")
/** How long new requests wait for those under way, and how long a stop waits, in milliseconds. */
const [drainLimit, stopLimit] = [1_000, 25_000]

interface Flags {
  readonly port?: string
  readonly host?: string
  readonly state?: string
  readonly trustedProxy?: readonly string[]
}

const program = createProgram("npm run serve --")
  .description(
    "Run the site in production on this machine, behind a reverse proxy. SIGHUP restarts it, SIGTERM stops it.",
  )
  .option("--port <number>", "the port to listen on (default: 8787)")
  .option("--host <address>", "the address to listen on (default: 127.0.0.1)")
  .option("--state <folder>", "where databases, keys and secrets.env are kept (default: .wrangler/serve)")
  .option("--trusted-proxy <address...>", "IP addresses or networks of proxies whose forwarding headers to trust")
  .addHelpText("after", "\nExample:\n  npm run serve -- --state /var/lib/dateline --trusted-proxy 127.0.0.1")
  .action(serve)

/** Starts a process for the site and waits until it is ready to be opened. @throws CLIError if it does not start */
async function launch(state: string) {
  // A process group of its own, so that Ctrl-C in a terminal ends only the parent, which then stops the site.
  const child = fork(join(import.meta.dirname, "serve-site.ts"), [state], { detached: true })
  const answer = await next(child)
  if (!("port" in answer)) throw new Error("The site did not report its port")
  return {
    ...answer,
    child,
    ask(command: Command): Promise<Reply> {
      child.send(command)
      return next(child)
    },
    async stop(): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, "exit")
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

/** The next answer of a site's process. @throws CLIError if it reports a failure, or ends */
async function next(child: ChildProcess): Promise<Reply> {
  const ended = once(child, "exit").then(() => ({ failed: "The site's process exited" }))
  const reply = await Promise.race<Reply>([ended, once(child, "message").then(([message]) => message)])
  if ("failed" in reply) throw new CLIError(reply.failed, 2)
  return reply
}

async function serve({ port: typed = "8787", host = "127.0.0.1", ...flags }: Flags): Promise<void> {
  const port = readPort(typed)
  const proxies = flags.trustedProxy ?? []
  const forwarder = createForwarder(parseProxies(proxies), () => fail("workerd exited"))
  const state = readFolder("--state", flags.state, join(root, ".wrangler", "serve"))
  const lock = await takeState(state)
  // Longer than the minute for which proxies keep idle connections, so that none closes just as it is used.
  const server = createServer({ keepAliveTimeout: 75_000 }, forwarder.handle)
  await once(server.listen({ host, port }), "listening").catch(({ message }) => {
    throw new CLIError(`Cannot listen on ${host}, port ${port}: ${message}. Choose others with --host and --port`, 2)
  })
  let site: Awaited<ReturnType<typeof launch>> | undefined
  let ending = false

  async function end(code: number): Promise<void> {
    // A second signal ends the process at once.
    if (ending) process.exit(code)
    ending = true
    server.close()
    if (site !== undefined) await forwarder.finish(stopLimit)
    await site?.stop()
    lock.release()
    process.exit(code)
  }

  function fail(why: string): void {
    if (ending) return
    console.error(`${why}. Start the site again`)
    void end(1)
  }

  /** Switches to a new process. A failure before the old one has stopped changes nothing. */
  async function restart(): Promise<void> {
    const old = site
    const fresh = await launch(state)
    try {
      lock.recordChildren(old?.child.pid, fresh.child.pid)
      if (fresh.origin.startsWith("https:") && proxies.length === 0)
        throw new CLIError(
          `Set --trusted-proxy to the address of the proxy that terminates https for ${fresh.origin}`,
          2,
        )
      // New migrations only add to the schema, so the old version keeps working.
      await (old ?? fresh).ask("migrate")
      while (old !== undefined && !ending && !(await forwarder.drain(drainLimit))) await pause(drainLimit)
      if (ending) throw new CLIError("The restart was cancelled", 2)
    } catch (error) {
      if (old !== undefined) forwarder.open()
      await fresh.stop()
      throw error
    }
    site = fresh
    await old?.stop()
    fresh.child.once("exit", () => site === fresh && fail("The site's process exited"))
    await fresh.ask("open")
    const waited = forwarder.open(fresh)
    if (old !== undefined) console.log(`Restarted. Requests waited for at most ${waited} ms`)
  }

  let restarting = restart()
  process.on("SIGHUP", () => {
    restarting = restarting.then(restart).catch((error) => {
      if (!ending) console.error(`${explainFailure(error)}. The site keeps running as before`)
    })
  })
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void end(0))
  await restarting.catch(async (error) => {
    console.error(explainFailure(error))
    await end(2)
  })
  console.log(`Editor's key: ${join(state, "desk.key")}, unless DESK_KEY is set`)
  console.log(`Ready on http://${host.includes(":") ? `[${host}]` : host}:${port}, for ${site?.origin}`)
}

await runProgram(program, process.argv.slice(2))
