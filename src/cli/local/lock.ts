// One start at a time on a state folder: two processes on the same databases fail with SQLITE_BUSY.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { CLIError } from "../failure.ts"

interface Lock {
  readonly start: number
  readonly workerd: number[]
}

/** Takes the state folder; ends what a killed start left behind. @throws CLIError when a start is running on it */
export function takeState(state: string): { recordChildren(): void; release(): void } {
  const file = join(state, "start.lock")
  if (existsSync(file)) {
    const lock = readLock(file)
    if (lock !== null && isRunning(lock.start, "start.ts"))
      throw new CLIError(
        `${state} is in use by process ${lock.start}: stop that one, or name another folder with --state`,
        2,
      )
    for (const pid of lock?.workerd ?? []) if (isRunning(pid, "workerd")) process.kill(pid, "SIGKILL")
  }
  const write = (workerd: number[]) => writeFileSync(file, JSON.stringify({ start: process.pid, workerd }))
  write([])
  return {
    recordChildren: () => write(findChildren(process.pid)),
    release: () => rmSync(file, { force: true }),
  }
}

function readLock(file: string): Lock | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Lock
  } catch {
    return null
  }
}

/** Does this process run, and is it still the one that was recorded? Ids are given again. */
function isRunning(pid: number, name: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(name)
  } catch {
    return false
  }
}

function findChildren(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    return children.split(" ").filter(Boolean).map(Number)
  } catch {
    return []
  }
}
