// What `dateline publish` tells an editor, and the code that it ends with.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { publish } from "../../src/cli/commands/publish.ts"
import type { Output } from "../../src/cli/output.ts"
import { type FakeDesk, startFakeDesk } from "./fake-desk.ts"

let desk: FakeDesk
let content: string

beforeEach(async () => {
  desk = await startFakeDesk()
  content = mkdtempSync(join(tmpdir(), "dateline-publish-"))
  mkdirSync(join(content, "asia"))
})

afterEach(async () => {
  await desk.stop()
  rmSync(content, { recursive: true })
})

function write(name: string, front = "", words = "Words."): void {
  const text = `---\ntitle: ${name}\nsummary: A summary.\ndate: 2020-01-02\n${front}---\n\n${words}\n`
  writeFileSync(join(content, `asia/${name}.md`), text)
}

async function run(values: Record<string, boolean> = {}) {
  const lines: string[] = []
  const print = (text: string) => void lines.push(text)
  const output: Output = {
    json: false,
    line: print,
    warn: print,
    result: () => undefined,
    progress: () => undefined,
    good: (text) => text,
    bad: (text) => text,
  }
  const context = { url: desk.url, content, key: () => "test-key-of-desk" }
  const code = await publish.run(context, { positionals: [], values: { "no-cards": true, ...values }, output })
  return { code, lines }
}

it("a mistake is one, and nothing is published", async () => {
  write("a", "acces: open\n")
  const { code, lines } = await run()
  expect([code, lines.at(-1)]).toEqual([1, "1 mistake: nothing was published"])
})

it("what was published before the desk found a mistake is told, and its purge is paid", async () => {
  for (let index = 10; index < 61; index++) write(`n${index}`)
  desk.refused.add("/asia/n60")
  const { code, lines } = await run()
  expect([code, lines.at(-1)]).toEqual([1, "1 mistake: not everything was published"])
  expect(lines.filter((line) => line.startsWith("published "))).toHaveLength(50)
  expect(desk.purges).toBe(1)
})
