import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { type AddressInfo, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { keepKey, takeState } from "../../../src/cli/local/lock.ts"
import { checkPort } from "../../../src/cli/local/server.ts"

let state: string
let children: ChildProcess[]

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "dateline-lock-"))
  children = []
})
afterEach(() => {
  for (const child of children) child.kill("SIGKILL")
  rmSync(state, { recursive: true })
})

/** A process that waits, with a word on its command line. */
async function runNamed(name: string, env = {}): Promise<ChildProcess> {
  const args = ["-e", "console.log(1); setInterval(() => {}, 1000)", name]
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env } })
  children.push(child)
  await once(child.stdout as NodeJS.ReadableStream, "data")
  return child
}

const lockFile = () => join(state, "start.lock")

describe("takeState", () => {
  it("refuses a folder in use by a running `npm start`, with exit code 2, and keeps its lock", async () => {
    const other = await runNamed("start.ts")
    const lock = JSON.stringify({ start: other.pid, workerd: [] })
    writeFileSync(lockFile(), lock)
    await expect(takeState(state)).rejects.toMatchObject({ code: 2, message: expect.stringContaining(`${other.pid}`) })
    expect(readFileSync(lockFile(), "utf8")).toBe(lock)
  })

  it("ends processes left by a killed start, but not others that reuse their ids", async () => {
    const orphan = await runNamed("workerd")
    const stranger = await runNamed("somebody-else")
    const ended = once(orphan, "exit")
    writeFileSync(lockFile(), JSON.stringify({ start: 2 ** 22 + 1, workerd: [orphan.pid, stranger.pid] }))
    const lock = await takeState(state)
    expect((await ended)[1]).toBe("SIGKILL")
    expect(stranger.exitCode).toBeNull()
    lock.release()
    expect(existsSync(lockFile())).toBe(false)
  })

  it.runIf(process.platform === "linux")("also ends those that a start had no time to record", async () => {
    const lock = await takeState(state)
    const orphan = await runNamed("workerd")
    const stranger = await runNamed("workerd", { DATELINE_STATE: `${state}2` })
    const ended = once(orphan, "exit")
    lock.release()
    writeFileSync(lockFile(), JSON.stringify({ start: 2 ** 22 + 1, workerd: [] }))
    const next = await takeState(state)
    expect((await ended)[1]).toBe("SIGKILL")
    expect(stranger.exitCode).toBeNull()
    next.release()
  })

  it.each([
    "",
    "{",
    "null",
    '{"start":"x","workerd":[0,-1,1,"2"]}',
  ])("treats a damaged lock as missing: %s", async (text) => {
    writeFileSync(lockFile(), text)
    const lock = await takeState(state)
    expect(JSON.parse(readFileSync(lockFile(), "utf8"))).toEqual({ start: process.pid, workerd: [] })
    lock.release()
  })

  // In a process of its own, because Node's recursive mkdir never returns there.
  it.runIf(process.platform === "linux")("fails where no folder can be created", () => {
    const lock = join(import.meta.dirname, "../../../src/cli/local/lock.ts")
    const code = `const { takeState } = await import(${JSON.stringify(lock)}); await takeState("/proc/dateline/state")`
    const { status, stderr } = spawnSync(process.execPath, ["-e", code], { encoding: "utf8", timeout: 20_000 })
    expect([status, stderr]).toEqual([1, expect.stringContaining("mkdir '/proc/dateline'")])
  })

  it("records the processes it started", async () => {
    const lock = await takeState(state)
    const child = await runNamed("workerd")
    lock.recordChildren()
    expect(JSON.parse(readFileSync(lockFile(), "utf8")).workerd).toContain(child.pid)
    lock.release()
  })
})

describe("checkPort", () => {
  it("refuses a port that browsers block", async () => {
    const message = "Browsers block port 6000. Choose another with --port"
    await expect(checkPort(6000)).rejects.toMatchObject({ code: 2, message })
  })

  it("says that a port is in use, with exit code 2", async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as { port: number }
    await expect(checkPort(port)).rejects.toMatchObject({ code: 2, message: expect.stringContaining("is in use") })
    await new Promise((resolve) => server.close(resolve))
    await checkPort(port)
  })

  it("reserves the port: the system gives it to nobody who asks for any free port", async () => {
    const ports: number[] = []
    // Linux chooses among 7,058 ports, so that without a reservation some of 300 would be the same.
    while (ports.length < 300) {
      const port = await findUnreserved()
      await checkPort(port)
      ports.push(port)
    }
    expect(new Set(ports).size).toBe(ports.length)
    // A server that asks for this port gets it.
    await checkPort(ports[0] ?? 0)
  })

  async function findUnreserved(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address() as AddressInfo
    server.close()
    return port
  }
})

describe("keepKey", () => {
  it("creates a key only once", () => {
    const key = keepKey(state, "desk.key")
    expect(key.length).toBeGreaterThan(40)
    expect(keepKey(state, "desk.key")).toBe(key)
  })

  it.each(["desk.key", "session.keys"])("replaces an empty %s, which a power cut can leave", (name) => {
    writeFileSync(join(state, name), "\n")
    const key = keepKey(state, name)
    expect(key.length).toBeGreaterThan(40)
    expect(readFileSync(join(state, name), "utf8").trim()).toBe(key)
  })

  it.each([
    ["desk.key", "short"],
    ["desk.key", `${"a".repeat(43)}\n${"b".repeat(43)}`],
    ["desk.key", `"${"a".repeat(43)}"`],
    ["session.keys", "a".repeat(31)],
  ])("names a %s that is no key, and keeps it: %j", (name, text) => {
    const file = join(state, name)
    writeFileSync(file, text)
    const message = `^The key in ${file} is not valid: .* Restore it, or delete it to get a new one$`
    expect(() => keepKey(state, name)).toThrow(new RegExp(message))
    expect(readFileSync(file, "utf8")).toBe(text)
  })

  it("accepts several session keys", () => {
    const text = `${"a".repeat(43)} ${"b".repeat(43)}`
    writeFileSync(join(state, "session.keys"), `${text}\n`)
    expect(keepKey(state, "session.keys")).toBe(text)
  })
})
