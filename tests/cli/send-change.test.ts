// Unpublish, move and rollback send the revision that the folder last saw, and every change flushes its purges.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { CommandSpec } from "../../src/cli/commander.ts"
import { check } from "../../src/cli/commands/check.ts"
import { diff } from "../../src/cli/commands/diff.ts"
import { erase } from "../../src/cli/commands/erase.ts"
import { log } from "../../src/cli/commands/log.ts"
import { move } from "../../src/cli/commands/move.ts"
import { create } from "../../src/cli/commands/new.ts"
import { preview } from "../../src/cli/commands/preview.ts"
import { publish } from "../../src/cli/commands/publish.ts"
import { rollback } from "../../src/cli/commands/rollback.ts"
import { unpublish } from "../../src/cli/commands/unpublish.ts"
import { CLIError } from "../../src/cli/output.ts"
import { type FakeDesk, startFakeDesk } from "./fake-desk.ts"

const path = "/asia/nepal/a"
const to = "/asia/nepal/b"
const when = "2026-11-20 09:00 CET"
let desk: FakeDesk
let content: string

beforeEach(async () => {
  desk = await startFakeDesk()
  content = mkdtempSync(join(tmpdir(), "dateline-change-"))
  mkdirSync(join(content, "asia/nepal"), { recursive: true })
})
afterEach(async () => {
  await desk.stop()
  rmSync(content, { recursive: true })
})

type Runnable = Required<Pick<CommandSpec, "run">>
const changes: [string, Runnable, string[], Record<string, string>, object][] = [
  ["unpublish", unpublish, [path], { reason: "wrong" }, { path }],
  ["move", move, [path, to], {}, { from: path, to }],
  ["rollback", rollback, [path, "1"], {}, { path }],
]

const compose = (words: string) => `---\ntitle: A\nsummary: A summary.\ndate: 2020-01-02\n---\n\n${words}\n`
const write = (words: string, name = "a") => writeFileSync(join(content, `asia/nepal/${name}.md`), compose(words))

async function run(command: Runnable, args: string[] = [], values: Record<string, string | boolean> = {}) {
  const results: unknown[] = []
  const lines: string[] = []
  const warnings: string[] = []
  const output = {
    json: true,
    line: (...parts: string[]) => void lines.push(parts.join("")),
    warn: (...parts: string[]) => void warnings.push(parts.join("")),
    result: (value: unknown) => void results.push(value),
    progress: () => undefined,
    good: (text: string) => text,
    bad: (text: string) => text,
  }
  const context = { url: desk.url, content, key: "test-key-of-desk" }
  const options = { cards: false, ...values }
  const ended = await command.run(context, { args, options, output }).catch((error: unknown) => error)
  const failed = ended instanceof CLIError
  return {
    code: failed ? ended.code : (ended ?? 0),
    error: failed ? ended.message : ended instanceof Error ? ended.stack : "",
    result: results[0],
    lines,
    warnings,
  }
}

/** What another editor has published in the meantime. */
function overwrite(): void {
  const { revision = 0 } = desk.articles.get(path) ?? {}
  desk.articles.set(path, { revision: revision + 1, digest: "e", source: "", status: "live", who: "Ada" })
}

async function publishTwice(): Promise<void> {
  for (const words of ["One.", "Two."]) {
    write(words)
    expect((await run(publish)).code).toBe(0)
  }
}

describe.each(changes)("%s", (_, command, positionals, values, names) => {
  it("is a conflict after another editor's publish: exit code 3, with who and when; --force overwrites", async () => {
    await publishTwice()
    overwrite()
    const refused = await run(command, positionals, values)
    expect(refused).toMatchObject({ code: 3, result: undefined })
    expect(refused.error).toContain(`${path}: Ada published revision 3 on ${when}`)
    expect(desk.articles.get(path)?.revision).toBe(3)
    const forced = await run(command, positionals, { ...values, force: true })
    expect(forced).toMatchObject({ code: 0, result: { ...names, revision: 4 } })
  })

  it("prints the new revision, and the next publish does not conflict with it", async () => {
    await publishTwice()
    expect(await run(command, positionals, values)).toMatchObject({ code: 0, result: { ...names, revision: 3 } })
    expect(desk.purges).toBeGreaterThanOrEqual(3)
    if (command === move) rmSync(join(content, "asia/nepal/a.md"))
    write("Three.", command === move ? "b" : "a")
    const next = await run(publish)
    expect(next).toMatchObject({ code: 0, result: { published: [{ revision: 4 }], conflicts: [] } })
  })

  it("after --force overwrote another editor's text, publishing the older file is still a conflict", async () => {
    await publishTwice()
    overwrite()
    expect((await run(command, positionals, { ...values, force: true })).code).toBe(0)
    if (command === move) rmSync(join(content, "asia/nepal/a.md"))
    write("Three.", command === move ? "b" : "a")
    expect((await run(publish)).code).toBe(3)
  })

  it("without a record is based on what the site has when the command starts", async () => {
    await publishTwice()
    rmSync(join(content, ".dateline"), { recursive: true })
    write("Something else.")
    expect(await run(command, positionals, values)).toMatchObject({ code: 0, result: { revision: 3 } })
  })

  it("completes when it is run again after an interruption", async () => {
    await publishTwice()
    const record = join(content, ".dateline/site-1.json")
    const before = readFileSync(record, "utf8")
    // By default, a rollback is to the previous revision.
    const args = command === rollback ? [path] : positionals
    await run(command, args, values)
    // As if it was killed once the site had made the change.
    writeFileSync(record, before)
    write("Two.")
    const { purges } = desk
    expect(await run(command, args, values)).toMatchObject({ code: 0, result: { ...names, revision: 3 } })
    expect(desk.purges).toBeGreaterThan(purges)
    const file = readFileSync(join(content, "asia/nepal/a.md"), "utf8")
    expect(file).toBe(compose(command === rollback ? "One." : "Two."))
  })

  it.each([409, "lost"] as const)("still flushes the purges when answered %s", async (status) => {
    await publishTwice()
    const before = desk.purges
    const action = command === unpublish ? "unpublish" : command === move ? "move" : "rollback"
    desk.failures.push({ method: "POST", path: `/desk/v1/${action}`, status })
    await run(command, positionals, values)
    expect(desk.purges).toBeGreaterThan(before)
  })
})

it("a change succeeds with a warning if the folder's record or file cannot be written", async () => {
  await publishTwice()
  const file = join(content, "asia/nepal/a.md")
  mkdirSync(`${file}.${process.pid}.tmp`)
  const warning = `The site was changed, but ${realpathSync(file)} cannot be opened: illegal operation on a directory`
  const kept = { revision: 3, file: "kept" }
  expect(await run(rollback, [path])).toMatchObject({ code: 0, result: kept, warnings: [warning] })
  const record = join(content, ".dateline")
  rmSync(record, { recursive: true })
  writeFileSync(record, "")
  write("One.")
  const changed = await run(unpublish, [path], { reason: "wrong" })
  const why = `The site was changed, but ${realpathSync(record)} cannot be created: file already exists`
  expect(changed).toMatchObject({ code: 0, result: { revision: 4 }, warnings: [why] })
})

it("a rollback of the only revision says that there is no earlier one", async () => {
  write("One.")
  await run(publish)
  const error = `${path} has only one revision. To take it down, use \`npx dateline unpublish ${path}\``
  expect(await run(rollback, [path])).toMatchObject({ code: 2, error })
})

it("suggests the likely address for one that the site never had", async () => {
  await publishTwice()
  const failed = await run(unpublish, ["/asia/nepl/a"], { reason: "wrong" })
  expect(failed).toMatchObject({
    code: 2,
    error: "The site has no article at /asia/nepl/a. Did you mean /asia/nepal/a?",
  })
})

const url = `https://meridian.example${path}?from=mail#top`
it.each([
  ...([check, publish, preview, log, diff, rollback, unpublish, erase] as const).map(
    (command): [string, Runnable, string[]] => [command.usage, command, [url]],
  ),
  ["move URL <new>", move, [url, to]],
  ["move <old> URL", move, [to, url]],
  [create.usage, create, [url, "A title"]],
])("%s suggests the path of a full URL", async (_, command, args) => {
  const error = `Give a path, not a full URL. Did you mean ${path}?`
  expect(await run(command, args, { reason: "wrong" })).toMatchObject({ code: 2, error, result: undefined })
})

it("a rollback leaves an edited file alone, and publishing it does not conflict", async () => {
  await publishTwice()
  write("Edited.")
  expect(await run(rollback, [path])).toMatchObject({ code: 0, result: { revision: 3, file: "kept" } })
  expect(readFileSync(join(content, "asia/nepal/a.md"), "utf8")).toBe(compose("Edited."))
  expect(await run(publish)).toMatchObject({ code: 0, result: { published: [{ revision: 4 }] } })
})

it("unpublish gives advice on the file only if there is one", async () => {
  await publishTwice()
  expect((await run(unpublish, [path], { reason: "wrong" })).lines).toEqual([
    `${path} was taken down (revision 3) and now returns 410. Your file was not changed: delete it, or set \`status: draft\``,
  ])
  await run(rollback, [path])
  rmSync(join(content, "asia/nepal/a.md"))
  expect((await run(unpublish, [path], { reason: "late" })).lines).toEqual([
    `${path} was taken down (revision 5) and now returns 410`,
  ])
})

it("a rollback of an unpublished article restores its last text", async () => {
  await publishTwice()
  await run(unpublish, [path], { reason: "wrong" })
  expect(await run(rollback, [path])).toMatchObject({ code: 0, result: { revision: 4, file: "restored" } })
  expect(desk.articles.get(path)).toMatchObject({ status: "live", source: compose("Two.") })
})

describe("a publish in two requests", () => {
  beforeEach(() => {
    for (let index = 10; index < 61; index++) write("Words.", `n${index}`)
  })
  const last = "/asia/nepal/n60"

  it.each([503, "lost"] as const)("flushes the purges when the last one always gets %s", {
    timeout: 30_000,
  }, async (status) => {
    for (let attempt = 0; attempt < 5; attempt++)
      desk.failures.push({ method: "POST", path: "/desk/v1/publish", status, holding: last })
    const { code, warnings } = await run(publish)
    expect([code, warnings.filter((line) => line.startsWith("The cache"))]).toEqual([4, []])
    expect([desk.articles.size >= 50, desk.purges]).toEqual([true, 1])
    // The next run finishes the job.
    expect(await run(publish)).toMatchObject({ code: 0 })
    expect([desk.articles.size, desk.purges]).toEqual([51, 2])
  })

  it.each([409, 422] as const)("flushes the purges when the last one gets %i", async (status) => {
    if (status === 422) desk.refused.add(last)
    else desk.failures.push({ method: "POST", path: "/desk/v1/publish", status, holding: last })
    expect((await run(publish)).code).toBe(status === 422 ? 1 : 3)
    expect([desk.articles.size, desk.purges]).toEqual([50, 1])
  })
})

it("the next run flushes the purges of an interrupted one, even with nothing else to do", async () => {
  await publishTwice()
  const before = desk.purges
  expect((await run(publish, [join(content, "asia/nepal/a.md")])).code).toBe(0)
  expect(desk.purges).toBe(before + 1)
})

it.each(["refused", "failing"])("warns that readers may see old pages when the purge is %s", {
  timeout: 30_000,
}, async (how) => {
  write("One.")
  if (how === "refused") desk.refusedPurges = 3
  else
    for (let attempt = 0; attempt < 5; attempt++)
      desk.failures.push({ method: "POST", path: "/desk/v1/purges", status: 503 })
  const { code, warnings } = await run(publish)
  expect(code).toBe(0)
  expect(warnings.join("\n")).toMatch(/^The cache was not purged .*up to 6 minutes/m)
})

it("a note is not moved, and the desk is not asked", async () => {
  await desk.stop()
  const answer = await run(move, ["/digest/2026-11-23", "/digest/2026-11-24"])
  expect(JSON.stringify(answer)).toContain("a note belongs to the edition of its date")
  expect(answer).toMatchObject({ code: 2 })
  desk = await startFakeDesk()
})
