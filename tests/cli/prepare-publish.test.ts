// Clashes between published articles and the folder's other articles on the site, whether or not they changed or were named.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { publishFolder } from "../../src/cli/publish-folder.ts"
import { type FakeDesk, startFakeDesk } from "./fake-desk.ts"

let desk: FakeDesk
let content: string

beforeEach(async () => {
  desk = await startFakeDesk()
  content = mkdtempSync(join(tmpdir(), "dateline-together-"))
})

afterEach(async () => {
  await desk.stop()
  rmSync(content, { recursive: true })
})

function write(path: string, front = "", words = "Words."): void {
  const file = join(content, `${path}.md`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `---\ntitle: ${path}\nsummary: A summary.\ndate: 2020-01-02\n${front}---\n\n${words}\n`)
}

/** The mistakes that the run found: file and field. */
async function publish(...paths: string[]): Promise<string[]> {
  const { problems } = await publishFolder({ content, url: desk.url, key: "test-key-of-desk", paths })
  return problems.map(({ file, field }) => `${file} ${field}`)
}

it("a new article at an alias of an unchanged one is refused", async () => {
  write("asia/old", "aliases: [ /asia/new ]\n")
  await publish()
  write("asia/new")
  expect(await publish()).toEqual(["asia/new.md path"])
  expect(await publish("asia/new.md")).toEqual(["asia/new.md path"])
  expect([...desk.articles.keys()]).toEqual(["/asia/old"])
  write("asia/old")
  expect(await publish()).toEqual([])
})

it("refuses an alias of a live article, even if only the other article is named", async () => {
  write("asia/b", "aliases: [ /old/k ]\n")
  write("asia/c")
  await publish()
  write("asia/a", "aliases: [ /old/k ]\n")
  write("asia/c", "", "Other words.")
  expect(await publish("asia/a.md")).toEqual(["asia/a.md aliases"])
  expect(await publish("asia/c.md")).toEqual([])
})

it("refuses a second translation in a language, and a translation of a translation", async () => {
  write("asia/a")
  write("fr/asia/a", "translationOf: /asia/a\n")
  await publish()
  write("fr/asia/b", "translationOf: /asia/a\n")
  expect(await publish("fr/asia/b.md")).toEqual(["fr/asia/b.md translationOf"])
  rmSync(join(content, "fr/asia/b.md"))
  write("ar/asia/c")
  await publish("ar/asia/c.md")
  write("asia/a", "translationOf: /ar/asia/c\n")
  expect(await publish("asia/a.md")).toEqual(["asia/a.md translationOf"])
})

it("mistakes in other or unpublished articles do not block a publish", async () => {
  for (const name of ["a", "b"]) write(`asia/${name}`)
  await publish()
  for (const name of ["a", "b", "c"]) write(`asia/${name}`, "aliases: [ /old/k ]\n")
  write("asia/d", "aliases: [ /old/d ]\n")
  expect(await publish("asia/d.md")).toEqual([])
})

it("finds an alias whose key is spelled with escapes, even without a record", async () => {
  write("asia/b", '"alias\\x65s": [ /old/k ]\n')
  await publish()
  rmSync(join(content, ".dateline"), { recursive: true })
  write("asia/a", "aliases: [ /old/k ]\n")
  expect(await publish()).toEqual(["asia/a.md aliases"])
})

it("reads articles that were not named if there is no record", async () => {
  write("asia/a", "aliases: [ /old/k ]\n")
  await publish()
  rmSync(join(content, ".dateline"), { recursive: true })
  write("asia/b", "aliases: [ /old/k ]\n")
  expect(await publish("asia/b.md")).toEqual(["asia/b.md aliases"])
})
