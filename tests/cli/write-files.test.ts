// Files with keys, sign-in links or members' addresses are readable only by their owner, under any umask.
import { spawn } from "node:child_process"
import { once } from "node:events"
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setImmediate as nextTurn } from "node:timers/promises"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { openBaseRecord } from "../../src/cli/base-record.ts"
import { keepKey, takeState } from "../../src/cli/local/lock.ts"
import { keepMail } from "../../src/cli/local/server.ts"
import { createFile } from "../../src/cli/write-files.ts"

let folder: string
let umask: number

beforeEach(() => {
  umask = process.umask(0)
  folder = mkdtempSync(join(tmpdir(), "dateline-private-"))
})
afterEach(() => {
  process.umask(umask)
  rmSync(folder, { recursive: true })
})

/** The permissions of everything in a folder, itself included, by path. */
function listModes(root: string): Record<string, string> {
  const paths = ["", ...(readdirSync(root, { recursive: true }) as string[])]
  return Object.fromEntries(paths.map((path) => [path, (statSync(join(root, path)).mode & 0o777).toString(8)]))
}

describe("a state folder", () => {
  it("is readable only by its owner, with everything written into it", async () => {
    const state = join(folder, "a/state")
    const lock = await takeState(state)
    keepKey(state, "desk.key")
    lock.recordChildren()
    await keepMail(
      join(state, "mail"),
      () => undefined,
    )({
      from: { email: "desk@meridian.example", name: "Meridian" },
      to: "reader@example.org",
      subject: "A",
      text: "B",
      html: "<p>B</p>",
    })
    const [letter] = readdirSync(join(state, "mail"))
    expect(listModes(state)).toEqual({
      "": "700",
      "desk.key": "600",
      mail: "700",
      [`mail/${letter}`]: "600",
      "start.lock": "600",
    })
    lock.release()
  })

  it("that others could read is made private", async () => {
    mkdirSync(join(folder, "mail"))
    mkdirSync(join(folder, "v3/d1"), { recursive: true })
    for (const file of ["desk.key", "session.keys", "mail/a.eml", "v3/d1/a.sqlite"])
      writeFileSync(join(folder, file), "")
    chmodSync(folder, 0o777)
    const lock = await takeState(folder)
    lock.release()
    expect(listModes(folder)).toEqual({
      "": "700",
      "desk.key": "600",
      mail: "700",
      "mail/a.eml": "600",
      "session.keys": "600",
      v3: "700",
      "v3/d1": "700",
      "v3/d1/a.sqlite": "600",
    })
  })

  it("leaves other files in it, and the targets of links, unchanged", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "dateline-elsewhere-"))
    chmodSync(elsewhere, 0o755)
    symlinkSync(elsewhere, join(folder, "v3"))
    writeFileSync(join(folder, "desk.key"), "")
    writeFileSync(join(folder, "notes.txt"), "")
    chmodSync(folder, 0o755)
    const lock = await takeState(folder)
    lock.release()
    expect(listModes(folder)).toMatchObject({ "": "755", "desk.key": "600", "notes.txt": "666", v3: "755" })
    rmSync(elsewhere, { recursive: true })
  })
})

describe("the record of what was published", () => {
  it("is readable only by its owner, and made private if it was not", () => {
    mkdirSync(join(folder, ".dateline"))
    writeFileSync(join(folder, ".dateline/site.json"), "{}")
    const record = openBaseRecord(folder, "site")
    record.set("/asia/a", { revision: 1, digest: "d" })
    record.save()
    expect(listModes(join(folder, ".dateline"))).toEqual({ "": "700", ".gitignore": "600", "site.json": "600" })
  })
})

describe("a process killed while it writes a large file", () => {
  it.each([
    "replaceFile",
    "createFile",
  ])("leaves it as it was, and the next run removes the rest: %s", async (write) => {
    const file = join(folder, "a.json")
    const program = `
      import { ${write} } from ${JSON.stringify(join(import.meta.dirname, "../../src/cli/write-files.ts"))}
      const text = "x".repeat(2 ** 28)
      console.log("started")
      ${write}(${JSON.stringify(file)}, text)`
    const child = spawn(process.execPath, ["--input-type=module", "-e", program])
    const closed = once(child, "close")
    await once(child.stdout, "data")
    while (readdirSync(folder).length === 0) await nextTurn()
    child.kill("SIGKILL")
    await closed
    expect(existsSync(file)).toBe(false)
    expect(readdirSync(folder)).toHaveLength(1)
    createFile(file, "{}")
    expect(readdirSync(folder)).toEqual(["a.json"])
    expect(() => createFile(file, "other")).toThrow(expect.objectContaining({ code: "EEXIST", path: file }))
    expect(readdirSync(folder)).toEqual(["a.json"])
  })
})
