import { execFileSync } from "node:child_process"
// What commands tell an editor about their folder and the site, and their exit codes.
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import sharp from "sharp"
import { afterEach, beforeEach, expect, it } from "vitest"
import type { CommandSpec } from "../../src/cli/commander.ts"
import { check, checkFolder } from "../../src/cli/commands/check.ts"
import { publish } from "../../src/cli/commands/publish.ts"
import { status } from "../../src/cli/commands/status.ts"
import { explainConflict, type Output } from "../../src/cli/output.ts"
import { type FakeDesk, startFakeDesk } from "./fake-desk.ts"

const create = { width: 8, height: 8, channels: 3 as const, background: "red" }
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

async function run(command: Required<Pick<CommandSpec, "run">>, options: Record<string, boolean> = {}) {
  const lines: string[] = []
  const print = (...parts: unknown[]) => void lines.push(parts.join(""))
  const output: Output = {
    line: print,
    warn: print,
    result: () => undefined,
    progress: () => undefined,
    good: (text) => text,
    bad: (text) => text,
  }
  const context = { url: desk.url, content, key: "test-key-of-desk" }
  const code = (await command.run(context, { args: [], options, output })) ?? 0
  return { code, lines }
}

it("one mistake stops the whole publish", async () => {
  write("a", "acces: open\n")
  const { code, lines } = await run(publish)
  expect([code, lines.at(-1)]).toEqual([1, "1 mistake: nothing was published"])
})

it("all mistakes of a file's front matter, links, pictures and elements are reported at once and in order", async () => {
  write(
    "a",
    "acces: open\nimage: { src: none.jpg, alt: A }\n",
    "[Gone](/asia/gone) ![A](lost.jpg)\n\n<marquee>A</marquee> ![](a.svg) ![B](b.bmp)",
  )
  writeFileSync(join(content, "asia/a.svg"), "<svg viewBox='0 0 1 1'><script/></svg>")
  const { code, lines } = await run(check)
  expect(lines.map((line) => line.split(" — ")[0])).toEqual([
    "asia/a.md:5:1 acces: is an unknown key",
    "asia/a.md:6:15 image.src: there is no picture none.jpg",
    "asia/a.md:9:8 body: the link `/asia/gone` leads to a page that does not exist",
    "asia/a.md:9:25 body: there is no picture lost.jpg",
    "asia/a.md:11:1 body: the element `<marquee>` is not shown to readers",
    "asia/a.md:11:26 body: the picture a.svg contains `<script>`, which is not allowed",
    "asia/a.md:11:26 body: the picture `a.svg` has no alt text",
    // It does not exist either, but that would be a second mistake at the same place.
    "asia/a.md:11:38 body: `b.bmp` is not a supported type of picture or recording",
    "8 mistakes",
  ])
  expect([code, (await run(publish)).code, desk.publishes]).toEqual([1, 1, []])
})

it("reports and purges what was published before the desk found a mistake", async () => {
  for (let index = 10; index < 61; index++) write(`n${index}`)
  desk.refused.add("/asia/n60")
  const { code, lines } = await run(publish, { cards: false })
  expect([code, lines.at(-1)]).toEqual([1, "1 mistake: some articles were not published"])
  expect(lines.filter((line) => line.startsWith("Published "))).toHaveLength(50)
  expect(desk.purges).toBe(1)
})

it("a draft of a live article is a mistake in `publish` and listed by `status`; of an unpublished one, neither", async () => {
  write("a")
  write("b")
  await run(publish, { cards: false })
  write("a", "status: draft\n")
  write("b", "", "Other words.")
  const said = "asia/a.md:5:9 status: a live article cannot become a draft: readers still see it"
  const fix = "take it down with `dateline unpublish /asia/a`, or remove `status: draft`"
  expect(await run(publish)).toEqual({ code: 1, lines: [`${said} — ${fix}`, "1 mistake: nothing was published"] })
  expect(await run(status)).toMatchObject({
    code: 0,
    lines: [`${said} — ${fix}`, "draft             /asia/a", "changed           /asia/b", expect.any(String)],
  })
  const head = desk.articles.get("/asia/a")
  if (head !== undefined) desk.articles.set("/asia/a", { ...head, status: "gone" })
  expect((await run(publish, { cards: false })).code).toBe(0)
  expect((await run(status)).lines[0]).toBe("draft             /asia/a")
})

it("says that an article was taken down, if its file has changed since", async () => {
  write("a")
  await run(publish, { cards: false })
  const head = desk.articles.get("/asia/a")
  if (head !== undefined) desk.articles.set("/asia/a", { ...head, status: "gone", revision: 2, who: "Ada" })
  write("a", "", "Other words.")
  const { code, lines } = await run(publish, { cards: false })
  expect(code).toBe(3)
  expect(lines.join("\n")).toMatch(
    /Conflict: \/asia\/a: Ada took it down on 2026-11-20 .*Publish it again with --force/,
  )
})

it("publishes an article with mistakes that only `check` reports, and says so, in a dry run too", async () => {
  write("a", "", "[gallery ids=1]\n\n![](./a.png)")
  write("b")
  writeFileSync(join(content, "asia/a.png"), await sharp({ create }).png().toBuffer())
  const said = "Mistakes in asia/a.md do not prevent publishing. To see them, run `npx dateline check`"
  for (const dryRun of [true, false]) {
    const { code, lines } = await run(publish, { cards: false, dryRun })
    expect([code, lines.filter((line) => line.startsWith("Mistakes"))]).toEqual([0, [said]])
  }
  expect((await run(publish, { cards: false })).lines).toEqual(["0 published, 2 unchanged, 0 conflicts"])
})

it("a conflict says `someone` if nobody is on record for the change", () => {
  const conflict = { path: "/asia/a", revision: 2, who: null, when: null }
  expect(explainConflict({ ...conflict, gone: true })).toContain("/asia/a: someone took it down. ")
  expect(explainConflict(conflict)).toContain("/asia/a: someone published revision 2. ")
})

it("lists what it skips: drafts, other systems' file names and symbolic links", async () => {
  write("a", "status: draft\n")
  write("b")
  for (const name of ["c.MD", "d.markdown", "e.mdx", "notes.txt"]) writeFileSync(join(content, "asia", name), "")
  symlinkSync("b.md", join(content, "asia/f.md"))
  execFileSync("mkfifo", [join(content, "asia/g.md")])
  const { lines } = await run(publish, { cards: false })
  expect(lines.sort().slice(0, 5)).toEqual(
    [
      "1 published, 0 unchanged, 0 conflicts",
      "Published http",
      "Skipped 1 draft: /asia/a",
      "Skipped asia/c.MD: rename it to asia/c.md",
      "Skipped asia/d.markdown: rename it to asia/d.md",
    ].map((line) => expect.stringContaining(line)),
  )
  expect(lines.slice(5)).toEqual([
    "Skipped asia/e.mdx: rename it to asia/e.md",
    "Skipped asia/f.md: it is a symbolic link",
    "Skipped asia/g.md: it is not a file",
  ])
  expect((await run(check)).lines.filter((line) => line.includes("Skipped asia"))).toHaveLength(5)
})

it("a file with a mistake still counts as in the folder", async () => {
  write("a")
  await run(publish, { cards: false })
  write("a", "titel: a\n")
  expect((await run(status)).lines.join("\n")).not.toContain("not in the folder")
})

it("reports a slow article beside other mistakes, whichever file is named", async () => {
  write("slow", "", "<b title=a>x</b><i>y</i> *a* **b** `c`\n\n".repeat(24_000))
  write("wrong", "titel: a\n")
  const found = async (...paths: string[]) =>
    (await checkFolder(realpathSync(content), paths, 200)).problems.map(({ file, message }) => [file, message])
  const slow = ["asia/slow.md", "takes longer than 200 ms to render"]
  expect(await found()).toEqual([slow, ["asia/wrong.md", "is an unknown key"]])
  expect(await found("asia/slow.md")).toEqual([slow])
})

it.each([
  ["alone", "", ""],
  ["beside a link", "", "See [this](https://example.org).\n\n"],
  ["beside a picture that is not kept here", "", "![A river](https://example.org/a.jpg)\n\n"],
  ["in a members' article", "access: members\n", ""],
  ["before the members-only line", "", "<!-- members-only -->\n\n"],
])("`check` and `publish` refuse an article on which marked throws, with its line: %s", async (_name, front, before) => {
  write("good")
  write("bad", front, `Words.\n\n${before}- Quote\n  > -\n  Mary Smith`)
  const line = readFileSync(join(content, "asia/bad.md"), "utf8").split("\n").indexOf("- Quote") + 1
  const place = `asia/bad.md:${line}:1 body: cannot be rendered: the Markdown parser fails on it — `
  for (const [command, options] of [
    [check, {}],
    [publish, { dryRun: true }],
    [publish, { cards: false }],
  ] as const) {
    const { code, lines } = await run(command, options)
    expect(code).toBe(1)
    expect(lines.filter((said) => said.startsWith(place))).toHaveLength(1)
  }
  expect(desk.articles.size).toBe(0)
})
