// A site for a benchmark: `npm start` itself on a free port, with its own state, and the CPU time that its workerd used.
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { findPort } from "../tests/whole/running-site.ts"

export const root = resolve(import.meta.dirname, "..")

// Each folder and site adds an exit handler that removes it.
process.setMaxListeners(0)

export interface Site {
  readonly url: string
  readonly port: number
  readonly state: string
  readonly key: string
  /** From the command's start to "Ready", in milliseconds. */
  readonly readyMs: number
  /** CPU seconds of workerd so far; null if the system does not report them. */
  cpu(): number | null
  stop(): Promise<void>
}

/** Starts the site as `npm start` does and waits until it is ready. */
export async function startSite(
  options: { content?: string; state?: string; args?: readonly string[] } = {},
): Promise<Site> {
  const state = options.state ?? makeFolder("state")
  const port = await findPort()
  const content = options.content ?? join(root, "content")
  const args = [
    "--port",
    String(port),
    "--state",
    state,
    "--content",
    content,
    "--no-watch",
    "--no-cards",
    ...(options.args ?? []),
  ]
  const began = performance.now()
  const child = spawn(process.execPath, [join(root, "src/cli/local/start.ts"), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  })
  process.once("exit", () => child.kill("SIGTERM"))
  let text = ""
  const readyMs = await new Promise<number>((done, fail) => {
    const hear = (chunk: Buffer) => {
      text += chunk
      if (text.includes("Ready on")) done(performance.now() - began)
    }
    child.stdout?.on("data", hear)
    child.stderr?.on("data", hear)
    child.once("exit", () => fail(new Error(`the site did not start:\n${text}`)))
  })
  return {
    url: `http://localhost:${port}`,
    port,
    state,
    key: readFileSync(join(state, "desk.key"), "utf8").trim(),
    readyMs,
    cpu: () => cpuOf(descendants(child.pid ?? 0)),
    stop: () => end(child),
  }
}

export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `dateline-bench-${name}-`))
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((done) => child.once("exit", done))
  child.kill("SIGTERM")
  await ended
}

/** CPU seconds of a process's workerd descendants (Linux: 100 ticks a second). */
export function cpuOf(pids: readonly number[]): number | null {
  if (!existsSync("/proc/self/stat")) return null
  let ticks = 0
  for (const pid of pids) {
    const fields = readStat(pid)
    if (fields !== null) ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks / 100
}

/** How many megabytes of memory processes use (Linux). */
export function memoryOf(pids: readonly number[]): number {
  const pages = pids.map((pid) => Number(readStat(pid)?.[21] ?? 0))
  return pages.reduce((sum, count) => sum + count * 4096, 0) / 1e6
}

/** The workerd processes that descend from this one. */
export function descendants(of: number): number[] {
  if (!existsSync("/proc")) return []
  const parents = new Map<number, number>()
  for (const name of readdirSync("/proc"))
    if (/^\d+$/.test(name)) parents.set(Number(name), Number(readStat(Number(name))?.[1] ?? 0))
  const found: number[] = []
  for (const pid of parents.keys()) {
    let up: number | undefined = pid
    while (up !== undefined && up !== of && up > 1) up = parents.get(up)
    if (up === of && pid !== of && nameOf(pid).includes("workerd")) found.push(pid)
  }
  return found
}

function readStat(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8")
    return text.slice(text.lastIndexOf(")") + 2).split(" ")
  } catch {
    return null
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0] ?? ""
  } catch {
    return ""
  }
}
