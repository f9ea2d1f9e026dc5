// A separate site for a test: `npm start` on a free port with its own state and content, stopped by its process id.
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

export const root = resolve(import.meta.dirname, "../..")

export interface RunningSite {
  readonly url: string
  readonly port: number
  readonly state: string
  readonly content: string
  readonly key: string
  /** Everything that `npm start` printed. */
  printed(): string
  stop(): Promise<void>
}

/** Starts a site over a copy of `content/` (or an empty folder) and waits until it is ready. */
export async function startSite(options: {
  copy: boolean
  watch: boolean
  /** Whether to draw social cards, which takes longer than most tests. */
  cards?: boolean
  /** Environment variables for `npm start`. */
  env?: Record<string, string>
  /** A folder with `state` and `content` to start with. It is kept when the site stops. */
  folder?: string
  /** More arguments of `npm start`. */
  args?: readonly string[]
  /** A copy of this repository to start instead. */
  from?: string
}): Promise<RunningSite> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "dateline-"))
  const content = join(folder, "content")
  if (options.copy)
    cpSync(join(root, "content"), content, { recursive: true, filter: (from) => !from.includes(".dateline") })
  else mkdirSync(content, { recursive: true })
  const state = join(folder, "state")
  const port = await findPort()
  const { args: more = [], from = root } = options
  const start = join(from, "src/cli/local/start.ts")
  const args = [start, "--port", String(port), "--state", state, "--content", content, ...more]
  if (!options.watch) args.push("--no-watch")
  if (!options.cards) args.push("--no-cards")
  const child = spawn(process.execPath, args, {
    cwd: from,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
  })
  let text = ""
  child.stdout.on("data", (chunk) => (text += chunk))
  child.stderr.on("data", (chunk) => (text += chunk))
  // Not "exit", after which more of the output may come.
  const closed = once(child, "close")
  const stop = async () => {
    child.kill("SIGTERM")
    await closed
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
  }
  try {
    await waitFor(() => text.includes("Ready on") || child.exitCode !== null, "the site to be ready")
    if (child.exitCode !== null) throw new Error("it ended by itself")
  } catch (error) {
    await stop()
    throw new Error(`the site did not start: ${error instanceof Error ? error.message : error}\n${text}`)
  }
  return {
    url: `http://localhost:${port}`,
    port,
    state,
    content,
    key: readFileSync(join(state, "desk.key"), "utf8").trim(),
    printed: () => text,
    stop,
  }
}

/** Copies the project, with its maps and `more`, so that a test may change it. Maps are not drawn again in the copy. */
export function copyProject(to: string, ...more: readonly string[]): void {
  const parts = [
    "src",
    "migrations",
    "public",
    ".cache/maps.stamp",
    "dateline.config.ts",
    "package.json",
    "wrangler.toml",
  ]
  for (const part of [...parts, ...more]) cpSync(join(root, part), join(to, part), { recursive: true })
  symlinkSync(join(root, "node_modules"), join(to, "node_modules"))
}

/** Runs the command line against a site. `from`: a copy of this repository to run instead. */
export function runDateline(
  site: Pick<RunningSite, "url" | "key" | "content"> & { readonly from?: string },
  args: readonly string[],
  content = site.content,
) {
  const { url, key, from = root } = site
  const all = [join(from, "src/cli/main.ts"), ...args, "--url", url, "--content", content]
  const env = { ...process.env, DATELINE_KEY: key, NO_COLOR: "1" }
  const run = spawnSync(process.execPath, all, { cwd: from, encoding: "utf8", env })
  return { code: run.status, out: run.stdout, err: run.stderr }
}

/** Waits for a condition, at most 60 s. */
export async function waitFor(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 60_000
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Sends raw bytes and returns the status line and headers of the response. */
export function askRaw(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(request))
    let answer = ""
    socket.setEncoding("latin1")
    socket.on("data", (chunk) => (answer += chunk))
    socket.on("close", () => resolve(answer.split("\r\n\r\n")[0] ?? ""))
    socket.on("error", reject)
  })
}

/** Sends raw bytes and disconnects before the response. */
export function hangUp(port: number, request: string): void {
  const socket = connect(port, "127.0.0.1", () => socket.write(request, () => socket.resetAndDestroy()))
}

/**
 * A free port, for a server that starts later. Until this process ends, the system gives it to nobody who asks for any
 * free port: a connection from it stays open, which does not keep a server from listening on it (SO_REUSEADDR).
 */
export async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const accepted = once(server, "connection") as Promise<[Socket]>
  connect(port, "127.0.0.1").unref()
  const [connection] = await accepted
  connection.unref()
  server.close()
  return port
}
