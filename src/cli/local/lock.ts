// Locks the state folder of a local site (`npm start`, `npm run serve`) and keeps its keys. Two processes on the same
// databases fail with SQLITE_BUSY.
import { spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { isEditorsKey, wrongKey } from "../commander.ts"
import { CLIError } from "../output.ts"
import { createFile, createFolder, makePrivate, makePrivateFolder, writePrivateFile } from "../write-files.ts"

/** The entries that we create in a state folder. */
const ours = ["desk.key", "mail", "secrets.env", "session.keys", "start.lock", "v3"]

/** Makes our files readable by their owner only; other files (as with `--state .`) keep their permissions. */
function closeToOthers(state: string): void {
  if (readdirSync(state).every((name) => ours.includes(name))) makePrivate(state)
  else for (const name of ours) makePrivate(join(state, name))
  makePrivateFolder(join(state, "mail"))
}

/** Locks the state folder and ends processes left behind by a killed run. @throws CLIError when the folder is in use */
export async function takeState(state: string) {
  createFolder(state)
  const file = join(state, "start.lock")
  if (existsSync(file)) {
    const { start, workerd } = readLock(file)
    const running = findProcesses(({ pid, command }) => pid === start && /(?:start|serve)\.ts/.test(command))
    if (start !== process.pid && running.length > 0)
      throw new CLIError(`${state} is in use by process ${start}. Stop it, or choose another folder with --state`, 2)
    await stopOrphans(state, workerd)
    rmSync(file, { force: true })
  }
  process.env[mark] = state
  const text = (workerd: readonly number[]) => JSON.stringify({ start: process.pid, workerd })
  try {
    // If two processes start at once, only one can create the file.
    createFile(file, text([]), 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    throw new CLIError(`${state} is in use by another process. Choose another folder with --state`, 2)
  }
  closeToOthers(state)
  const release = () => rmSync(file, { force: true })
  // On a signal, Miniflare may end the process before our own clean-up is done.
  process.once("exit", release)
  return {
    /** Records our child processes for the next start: after a SIGKILL they keep running and hold the port. */
    recordChildren: (...parents: readonly (number | undefined)[]) =>
      writePrivateFile(file, text(findProcesses(({ parent }) => [process.pid, ...parents].includes(parent)))),
    release() {
      process.off("exit", release)
      release()
    },
  }
}

/**
 * The key in the file `name` of the folder `state`. It is generated if there is none, or only an empty file, as a power
 * cut can leave. @throws CLIError if the file contains something else
 */
export function keepKey(state: string, name: string): string {
  const file = join(state, name)
  const read = () => (existsSync(file) ? readFileSync(file, "utf8").trim() : "")
  if (read() === "") writePrivateFile(file, `${randomBytes(32).toString("base64url")}\n`)
  const key = read()
  const wrong = name === "session.keys" ? explainSessionKeys(key) : isEditorsKey(key) ? null : wrongKey
  if (wrong !== null) throw new CLIError(`The key in ${file} ${wrong}. Restore it, or delete it to get a new one`, 2)
  return key
}

/** What is wrong with a setting of SESSION_KEYS, or null: the Worker ignores shorter keys. */
export const explainSessionKeys = (keys: string): string | null =>
  /\S{32}/.test(keys) ? null : "is not valid: it has fewer than 32 characters"

/** The environment variable that names the state folder to our child processes. */
const mark = "DATELINE_STATE"

/**
 * Kills the processes that a killed run left behind and waits until they are gone, as they hold the port and the
 * databases. On Linux, it also finds those that the run did not have time to record.
 */
async function stopOrphans(state: string, recorded: readonly unknown[]): Promise<void> {
  const isOurs = ({ pid, environment = "" }: Process) =>
    recorded.includes(pid) || environment.split("\0").includes(`${mark}=${state}`)
  // Process ids are reused: one with another name is not ours.
  const find = () => findProcesses((one) => isOurs(one) && one.command.includes("workerd"))
  for (const pid of find()) process.kill(pid, "SIGKILL")
  for (let tries = 0; tries < 100 && find().length > 0; tries++) await pause(50)
}

/** Reads the lock file. A damaged one counts as having no owner. */
function readLock(file: string): { start: unknown; workerd: unknown[] } {
  try {
    const { start, workerd } = JSON.parse(readFileSync(file, "utf8"))
    return { start, workerd: Array.isArray(workerd) ? workerd : [] }
  } catch {
    return { start: 0, workerd: [] }
  }
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
  readonly environment?: string
}

function findProcesses(matches: (one: Process) => boolean): number[] {
  const all = process.platform === "linux" ? readProcesses() : askProcesses()
  return all.filter(matches).map(({ pid }) => pid)
}

function readProcesses(): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const read = (file: string) => readFileSync(`/proc/${name}/${file}`, "utf8")
      const parent = /^PPid:\s*(\d+)/m.exec(read("status"))?.[1]
      const command = read("cmdline")
      const environment = command.includes("workerd") ? read("environ") : ""
      return [{ pid: Number(name), parent: Number(parent), command, environment }]
    } catch {
      // The process has since ended, or is another user's.
      return []
    }
  })
}

/** For systems without /proc. */
function askProcesses(): Process[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,command="], { encoding: "utf8" })
  const rows = (stdout ?? "").matchAll(/^\s*(\d+)\s+(\d+)\s+(.*)$/gm)
  return [...rows].map(([, pid, parent, command = ""]) => ({ pid: Number(pid), parent: Number(parent), command }))
}
