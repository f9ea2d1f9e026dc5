// The state folder of `npm start`: one process at a time, since two on the same databases fail with SQLITE_BUSY, and its keys.
import { spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { CLIError } from "../output.ts"
import { makePrivate, makePrivateFolder, writePrivateFile } from "../private-files.ts"

interface Lock {
  readonly start: number
  readonly workerd: readonly number[]
}

export interface StateLock {
  /** Records the processes that this one started, for the next start: after a SIGKILL they live on and hold the port. */
  recordChildren(): void
  release(): void
}

/** What we keep in a state folder. Anything else in it is not ours. */
const ours = ["desk.key", "mail", "session.keys", "start.lock", "v3"]

/** Makes our files readable by their owner only. With `--state .` other files keep their permissions. */
function closeToOthers(state: string): void {
  if (readdirSync(state).every((name) => ours.includes(name))) makePrivate(state)
  else for (const name of ours) makePrivate(join(state, name))
  makePrivateFolder(join(state, "mail"))
}

/** Takes the state folder and ends what a killed start left behind. @throws CLIError when the folder is in use */
export async function takeState(state: string): Promise<StateLock> {
  mkdirSync(state, { recursive: true, mode: 0o700 })
  const file = join(state, "start.lock")
  const left = readLock(file)
  if (left !== null) {
    if (left.start !== process.pid && isRunning(left.start, "start.ts"))
      throw new CLIError(
        `${state} is in use by process ${left.start}. Stop it, or choose another folder with --state`,
        2,
      )
    await reap(left.workerd.filter((pid) => isRunning(pid, "workerd")))
    rmSync(file, { force: true })
  }
  const text = (workerd: readonly number[]) => JSON.stringify({ start: process.pid, workerd })
  try {
    // Of two starts at the same moment, one makes the file.
    writePrivateFile(file, text([]), "wx")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    throw new CLIError(`${state} is in use by another start. Choose another folder with --state`, 2)
  }
  closeToOthers(state)
  const release = () => rmSync(file, { force: true })
  // On a signal Miniflare ends the process before our own steps are done.
  process.once("exit", release)
  return {
    recordChildren: () => writePrivateFile(file, text(findChildren(process.pid))),
    release() {
      process.off("exit", release)
      release()
    },
  }
}

/** The key in `STATE/name`, made at the first start. */
export function keepKey(state: string, name: string): string {
  const file = join(state, name)
  if (!existsSync(file)) writePrivateFile(file, `${randomBytes(32).toString("base64url")}\n`)
  return readFileSync(file, "utf8").trim()
}

/** Ends processes and waits until they are gone: until then they hold the port and the databases. */
async function reap(pids: readonly number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, "SIGKILL")
  for (let tries = 0; tries < 100 && pids.some((pid) => isRunning(pid, "workerd")); tries++) await pause(50)
}

/** A damaged lock has no owner. */
function readLock(file: string): Lock | null {
  try {
    const { start, workerd } = JSON.parse(readFileSync(file, "utf8")) as Partial<Lock>
    const pids = Array.isArray(workerd) ? workerd.filter((pid) => Number.isInteger(pid) && pid > 1) : []
    return { start: Number.isInteger(start) ? (start as number) : 0, workerd: pids }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? null : { start: 0, workerd: [] }
  }
}

/** Whether the process still runs and is the one that was recorded: ids are reused. */
function isRunning(pid: number, name: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(name)
  } catch {
    return process.platform !== "linux" && listProcesses(["-p", String(pid), "-o", "command="]).includes(name)
  }
}

function findChildren(pid: number): number[] {
  try {
    return readPids(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"))
  } catch {
    const rows = listProcesses(["-A", "-o", "pid=,ppid="]).split("\n").map(readPids)
    return rows.filter(([, parent]) => parent === pid).map(([child]) => child as number)
  }
}

function readPids(text: string): number[] {
  return text.split(/\s+/).filter(Boolean).map(Number)
}

/** For systems without /proc. */
function listProcesses(args: string[]): string {
  return spawnSync("ps", args, { encoding: "utf8" }).stdout ?? ""
}
