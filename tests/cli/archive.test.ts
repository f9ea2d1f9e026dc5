// The archive's file: it appears when it is complete, and is read whole or not at all.
import { spawn } from "node:child_process"
import { hash, randomBytes } from "node:crypto"
import { once } from "node:events"
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as fc from "fast-check"
import { afterAll, expect, it } from "vitest"
import { checkArchive, readChecked, writeArchive } from "../../src/cli/archive.ts"
import { temporaryName } from "../../src/cli/write-files.ts"

const folder = mkdtempSync(join(tmpdir(), "dateline-archive-"))
const file = join(folder, "site.tar.gz")
const about = { made: "2026-11-29T00:00:00.000Z", origin: "https://a.example", version: "1", people: false }
/** An entry with the name that `export` gives it. */
const named = (store: string, text: string, extension: string) => ({
  [`${store}/${hash("sha256", text)}.${extension}`]: text,
})
const picture = named("media", "\0\u0001", "gif")
const parts: Record<string, string> = {
  "catalogue/site/000000.json": '[{"id":"a"}]',
  ...named("articles", "Text – مرحبا", "md"),
  ...picture,
}
afterAll(() => rmSync(folder, { recursive: true }))

const read = async () => {
  const { manifest } = await checkArchive(file)
  const found: Record<string, string> = {}
  for await (const [name, content] of readChecked(file, manifest)) found[name] = content.toString()
  return found
}

it("leaves nothing when the export fails", async () => {
  const failing = writeArchive(file, about, async (add) => {
    await add("articles/a.md", "Text")
    throw new Error("the connection was cut")
  })
  await expect(failing).rejects.toThrow("the connection was cut")
  expect(readdirSync(folder)).toEqual([])
})

it("says that the disk is full, with the file's name", async () => {
  const file = join(folder, "full.tar.gz")
  symlinkSync("/dev/full", temporaryName(file))
  const writing = writeArchive(file, about, async (add) => {
    for (const name of ["a", "b", "c"]) await add(name, randomBytes(1_000_000))
  })
  await expect(writing).rejects.toMatchObject({ code: "ENOSPC", path: file })
  expect(readdirSync(folder)).toEqual([])
})

it("names a folder given instead of an archive, which says nothing about the content", async () => {
  await expect(checkArchive(folder)).rejects.toMatchObject({ code: "EISDIR", path: folder })
})

it("appears under its name once it is complete, for its owner alone, and is read as written", async () => {
  await writeArchive(file, about, async (add) => {
    for (const [name, content] of Object.entries(parts)) await add(name, content)
    expect(existsSync(file)).toBe(false)
  })
  expect(readdirSync(folder)).toEqual(["site.tar.gz"])
  expect(statSync(file).mode & 0o077).toBe(0)
  expect(await read()).toEqual(parts)
})

/** An export by another process, which waits half-way until its input ends. */
async function exportSlowly() {
  const program = `
    import { writeArchive } from ${JSON.stringify(join(import.meta.dirname, "../../src/cli/archive.ts"))}
    await writeArchive(${JSON.stringify(file)}, ${JSON.stringify(about)}, async (add) => {
      const parts = Object.entries(${JSON.stringify(parts)})
      await add(...parts.shift())
      console.log("started")
      for await (const _ of process.stdin);
      for (const part of parts) await add(...part)
    })`
  const child = spawn(process.execPath, ["--input-type=module", "-e", program])
  let said = ""
  child.stderr.on("data", (text) => (said += text))
  const closed = once(child, "close")
  await once(child.stdout, "data")
  return { child, closed, said: () => said }
}

it("is complete even if another process exports to the same file", async () => {
  const { child, closed } = await exportSlowly()
  rmSync(file, { force: true })
  await writeArchive(file, about, async (add) => {
    for (const [name, content] of Object.entries(parts)) await add(name, content)
  })
  child.stdin.end()
  expect(await closed).toEqual([0, null])
  expect(readdirSync(folder)).toEqual(["site.tar.gz"])
  expect(await read()).toEqual(parts)
})

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("leaves nothing when it is interrupted by %s, and says so", async (signal, code) => {
  const before = readdirSync(folder)
  const { child, closed, said } = await exportSlowly()
  expect(readdirSync(folder)).toHaveLength(before.length + 1)
  child.kill(signal)
  expect([await closed, said()]).toEqual([[code, null], `Interrupted: ${file} was not written\n`])
  expect(readdirSync(folder)).toEqual(before)
})

it("removes what a killed export left", async () => {
  const before = readdirSync(folder)
  const { child, closed } = await exportSlowly()
  child.kill("SIGKILL")
  await closed
  expect(readdirSync(folder)).toHaveLength(before.length + 1)
  await expect(writeArchive(file, about, () => Promise.reject(new Error("refused")))).rejects.toThrow("refused")
  expect(readdirSync(folder)).toEqual(before)
})

it("is refused, or says the same, whatever is cut or changed in it", async () => {
  const whole = readFileSync(file)
  const change = fc.record({ at: fc.nat(whole.length - 1), bit: fc.nat(7), cut: fc.boolean() })
  let refused = 0
  await fc.assert(
    fc.asyncProperty(change, async ({ at, bit, cut }) => {
      const bytes = cut ? whole.subarray(0, at) : Buffer.from(whole)
      if (!cut) bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
      writeFileSync(file, bytes)
      const found = await read().catch((error: Error) => error.message)
      if (typeof found === "string")
        expect([++refused, found]).toEqual([refused, expect.stringContaining("Nothing was restored")])
      // Not every change is one of the contents: a header's date, or a repetition that is copied from another place.
      else expect([found, cut]).toEqual([parts, false])
    }),
    { numRuns: 300 },
  )
  expect(refused).toBeGreaterThan(200)
})

it.each([
  ["../articles/a.md", "Text"],
  ["/etc/passwd", "Text"],
  ["notes.txt", "Text"],
  [`articles/${hash("sha256", "Text")}.md`, "Other text"],
  [`media/${"a".repeat(64)}.gif`, "GIF89a"],
  ["catalogue/articles/000000.json", "{"],
  ["catalogue/articles/000000.json", '{"path":"/a"}'],
  ["catalogue/articles/000000.json", "[7]"],
  ["catalogue/../people/000000.json", "[]"],
])("is refused before anything is sent if it contains %s with %j, though its list of contents agrees", async (name, text) => {
  await writeArchive(file, about, async (add) => {
    for (const part of Object.entries({ ...parts, [name]: text })) await add(...part)
  })
  const message = `(an export does not write ${name} like this). Nothing was restored`
  await expect(checkArchive(file)).rejects.toMatchObject({ code: 1, message: expect.stringContaining(message) })
})

it("if the file changes after the check, says that the restore is incomplete and sends nothing else", async () => {
  const write = (entries: Record<string, string>) =>
    writeArchive(file, about, async (add) => {
      for (const [name, content] of Object.entries(entries)) await add(name, content)
    })
  await write(parts)
  const whole = readFileSync(file)
  const { manifest } = await checkArchive(file)
  const fewer = Object.fromEntries(Object.entries(parts).filter(([name]) => !Object.hasOwn(picture, name)))
  for (const change of [
    () => writeFileSync(file, whole.subarray(0, -20)),
    () => write({ ...parts, "catalogue/site/000000.json": '[{"id":"b"}]' }),
    () => write({ ...parts, ...named("articles", "One more", "md") }),
    () => write(fewer),
  ]) {
    await change()
    const sent: Record<string, string> = {}
    const restoring = (async () => {
      for await (const [name, content] of readChecked(file, manifest)) sent[name] = content.toString()
    })()
    await expect(restoring).rejects.toThrow(/The file changed during the restore\. To continue, run the command again/)
    expect(parts).toMatchObject(sent)
  }
})
