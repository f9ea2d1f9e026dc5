// Reading the folder: only regular files below its real path, and pictures whose content matches their names.
import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { digestFile, digestOf } from "../../src/cli/base-record.ts"
import { listFiles, openFolder, readFile, readStamp, toFile, toPath } from "../../src/cli/content-folder.ts"
import { readArticles } from "../../src/cli/read-articles.ts"

const gif = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64")
let base: string
let root: string

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "dateline-folder-")))
  root = join(base, "content")
  mkdirSync(join(root, "asia/nepal"), { recursive: true })
})

afterEach(() => rmSync(base, { recursive: true }))

const article = (body: string) => `---\ntitle: A\nsummary: B.\ndate: 2020-01-02\n---\n\n${body}\n`
const write = (name: string, bytes: string | Buffer) => writeFileSync(join(root, name), bytes)
const problemsOf = async () => (await readArticles(root, listFiles(root))).problems

describe("readFile", () => {
  it("refuses a huge article without reading it in full", async () => {
    write("asia/nepal/a.md", "")
    truncateSync(join(root, "asia/nepal/a.md"), 3 * 1024 ** 3)
    const message = "is larger than 1 MiB"
    expect(await problemsOf()).toMatchObject([{ file: "asia/nepal/a.md", message }])
    expect(readFile(root, "asia/nepal/a.md")?.bytes.length).toBeLessThan(4 * 1024 ** 2)
  })

  it("refuses a picture of more than 25 MiB, before it is read", async () => {
    write("asia/nepal/a.md", article("![A](a.gif)"))
    write("asia/nepal/a.gif", gif)
    truncateSync(join(root, "asia/nepal/a.gif"), 25 * 1024 ** 2)
    expect(await problemsOf()).toEqual([])
    const message = "the picture a.gif is larger than 25 MiB"
    for (const size of [25 * 1024 ** 2 + 1, 3 * 1024 ** 3]) {
      truncateSync(join(root, "asia/nepal/a.gif"), size)
      expect(await problemsOf()).toMatchObject([{ file: "asia/nepal/a.md", line: 7, message }])
    }
  })

  it("returns a file's bytes and stamp, or null if it is gone or has become a symbolic link", () => {
    write("asia/nepal/a.md", "text")
    expect(readFile(root, "asia/nepal/a.md")).toEqual({
      bytes: Buffer.from("text"),
      stamp: readStamp(join(root, "asia/nepal/a.md")),
    })
    expect(readFile(root, "asia/nepal/none.md")).toBeNull()
    writeFileSync(join(base, "secret.md"), "secret")
    symlinkSync(join(base, "secret.md"), join(root, "asia/nepal/b.md"))
    expect(readFile(root, "asia/nepal/b.md")).toBeNull()
  })
})

describe("listFiles", () => {
  it("lists only Markdown, without dot folders or symbolic links", () => {
    write("asia/nepal/b.md", "")
    write("asia/nepal/a.md", "")
    write("asia/nepal/a.txt", "")
    write("asia/nepal/.hidden.md", "")
    mkdirSync(join(root, ".dateline"))
    write(".dateline/x.md", "")
    mkdirSync(join(base, "outside"))
    writeFileSync(join(base, "outside/secret.md"), "")
    symlinkSync(join(base, "outside"), join(root, "asia/linked"))
    symlinkSync(join(base, "outside/secret.md"), join(root, "asia/nepal/secret.md"))
    expect(listFiles(root)).toEqual(["asia/nepal/a.md", "asia/nepal/b.md"])
  })

  it("reports conflicted copies, names that Notepad extended, and names that are taken once corrected", () => {
    for (const name of ["a.md", "a.MD", "b.md.txt", "a (Ada's conflicted copy 2026-11-20).md", "gaza-conflict.md"])
      write(`asia/nepal/${name}`, "")
    write("asia/nepal/a.sync-conflict-20261120-101010-ABCDEF.md", "")
    const lines: string[] = []
    expect(listFiles(root, (line) => lines.push(line))).toEqual(["asia/nepal/a.md", "asia/nepal/gaza-conflict.md"])
    const copy = "it is a conflicted copy. Compare it with the original, then delete it"
    expect(lines.sort()).toEqual([
      `Skipped asia/nepal/a (Ada's conflicted copy 2026-11-20).md: ${copy}`,
      "Skipped asia/nepal/a.MD: asia/nepal/a.md already exists. Delete one of the two",
      `Skipped asia/nepal/a.sync-conflict-20261120-101010-ABCDEF.md: ${copy}`,
      "Skipped asia/nepal/b.md.txt: rename it to asia/nepal/b.md",
    ])
  })

  it("reports a name that is not UTF-8, as old archives contain", () => {
    writeFileSync(
      Buffer.concat([Buffer.from(join(root, "asia/nepal/caf")), Buffer.from([0xe9]), Buffer.from(".md")]),
      "",
    )
    const lines: string[] = []
    listFiles(root, (line) => lines.push(line))
    expect(lines).toEqual(["Skipped asia/nepal/caf\ufffd.md: its name is not UTF-8. Rename it"])
  })

  it("lists files too deep for an address, so that they are reported", async () => {
    mkdirSync(join(root, "asia/nepal/1/2/3/4/5/6/7"), { recursive: true })
    write("asia/nepal/1/2/3/4/5/6/7/deep.md", article("Words."))
    expect(await problemsOf()).toMatchObject([{ file: "asia/nepal/1/2/3/4/5/6/7/deep.md", field: "path" }])
  })
})

describe("readArticles", () => {
  it("reads a picture beside the article: its hash and size, and the digest of both", async () => {
    write("asia/nepal/a.md", article("![Dot](./dot.gif)"))
    write("asia/nepal/dot.gif", gif)
    const { articles, problems } = await readArticles(root, listFiles(root))
    expect(problems).toEqual([])
    const sha256 = createHash("sha256").update(gif).digest("hex")
    const original = { sha256, extension: "gif", width: 1, height: 1 }
    expect(articles[0]?.pictures.get("./dot.gif")?.original).toEqual(original)
    const counted = `\n${JSON.stringify({ "./dot.gif": original })}`
    const digest = createHash("sha256").update(article("![Dot](./dot.gif)")).update(counted).digest("hex")
    expect(articles[0]?.digest).toBe(digest)
  })

  it("reports a picture's mistake at its line", async () => {
    write("asia/nepal/a.md", article("Words.\n\n![None](./none.gif)\n\n![Lie](./lie.png)\n\n![No](./text.gif)"))
    write("asia/nepal/lie.png", gif)
    write("asia/nepal/text.gif", "no picture")
    expect((await problemsOf()).map(({ line, message }) => [line, message.split(",")[0]])).toEqual([
      [9, "there is no picture ./none.gif"],
      [11, "the picture ./lie.png is named png"],
      [13, "./text.gif is not a readable picture"],
    ])
  })

  it("suggests a picture or recording with nearly the same name", async () => {
    write("asia/nepal/a.md", article("![A](./dotts.gif)\n\n![B](lie.jpg)\n\n![C](none.png)"))
    for (const name of ["dots.gif", "lie.png", "lie.md"]) write(`asia/nepal/${name}`, gif)
    expect((await problemsOf()).flatMap(({ file, fix }) => (file === "asia/nepal/a.md" ? [fix] : []))).toEqual([
      "did you mean `dots.gif`?",
      "did you mean `lie.png`?",
      "put the file beside the article, inside the content folder, or correct its name",
    ])
  })

  it("says that a picture is still a Git LFS pointer, whatever its format", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`
    for (const name of ["a.jpg", "b.svg", "c.mp3"]) write(`asia/nepal/${name}`, pointer)
    write("asia/nepal/a.md", article("![A](a.jpg)\n\n![B](b.svg)\n\n![C](c.mp3)"))
    const fix = "fetch the file with `git lfs pull`"
    expect(await problemsOf()).toMatchObject(
      ["a.jpg", "b.svg", "c.mp3"].map((name) => ({
        message: `${name} is a Git LFS pointer, not the file itself`,
        fix,
      })),
    )
  })

  it("reports a merge conflict in the front matter or the text, but not one shown as code", async () => {
    const marks = "<<<<<<< HEAD\nOurs.\n=======\nTheirs.\n>>>>>>> side\n"
    write("asia/nepal/a.md", article(`Words.\n\n${marks}`))
    write(
      "asia/nepal/b.md",
      article("Words.")
        .replace("title:", "<<<<<<< HEAD\r\ntitle: Ours\r\n=======\r\ntitle:")
        .replace("summary:", ">>>>>>> side\r\nsummary:"),
    )
    write("asia/nepal/c.md", article(`\`\`\`\n${marks}\`\`\``))
    write("asia/nepal/d.md", article("Title\n=======\n\n>>>>>>> quoted"))
    const message = "contains an unresolved merge conflict"
    expect(await problemsOf()).toMatchObject([
      { file: "asia/nepal/a.md", line: 9, column: 1, message },
      { file: "asia/nepal/b.md", line: 2, column: 1, message },
    ])
  })

  it("does not read pictures outside the folder", async () => {
    writeFileSync(join(base, "secret.gif"), gif)
    symlinkSync(join(base, "secret.gif"), join(root, "asia/nepal/dot.gif"))
    write("asia/nepal/a.md", article("![Dot](./dot.gif)"))
    expect(await problemsOf()).toMatchObject([{ field: "body", message: "there is no picture ./dot.gif" }])
  })

  it("skips a file deleted in the meantime", async () => {
    expect(await readArticles(root, ["asia/nepal/gone.md"])).toEqual({ articles: [], problems: [] })
  })
})

it("timers run while articles are read, so that a long command can report that it is still working", async () => {
  write("asia/nepal/a.md", article("Text."))
  let ran = false
  setImmediate(() => {
    ran = true
  })
  await readArticles(root, listFiles(root))
  expect(ran).toBe(true)
})

describe("digestFile", () => {
  it("gives a file without pictures the same digest as when it is parsed", async () => {
    write("asia/nepal/a.md", article("A text, and an “ä”.\r\nAnother line."))
    const found = digestFile(root, "asia/nepal/a.md", null)
    const [parsed] = (await readArticles(root, listFiles(root))).articles
    expect(parsed?.article.path).toBe("/asia/nepal/a")
    expect(found?.digest).toBe(parsed?.digest)
  })
})

it("digestOf depends on text and pictures, not on their order or on whether the text is read as bytes", () => {
  const one = { sha256: "1", extension: "gif", width: 1, height: 1 }
  const two = { sha256: "2", extension: "gif", width: 1, height: 1 }
  const digest = digestOf("“text”", { a: one, b: two })
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  expect(digestOf("“text”", { b: two, a: one })).toBe(digest)
  expect(digestOf(Buffer.from("“text”"), { a: one, b: two })).toBe(digest)
  expect(digestOf("“text”", { a: one })).not.toBe(digestOf("“text”", { a: two }))
  expect(digestOf("other", { a: one, b: two })).not.toBe(digest)
})

it("digestOf gives the digests that sites already have", () => {
  const media = { "ä.gif": { sha256: "1", extension: "gif", width: 2, height: 3 } }
  expect(digestOf("“text”", {})).toBe("5431374a558de9d858843edf165616f5926b6e42de2224f4a7a785542e935b2b")
  expect(digestOf("“text”", media)).toBe("0acce57fc0032917bb90d8ee698f4061d2fff1b19081f001d7c90da2c89aac09")
})

describe("paths as editors type them", () => {
  it("may be addresses, files with or without content/, or existing files", () => {
    for (const given of ["/asia/nepal/a", "asia/nepal/a", "content/asia/nepal/a.md", "./content/asia/nepal/a.md"])
      expect(toPath(given, root)).toBe("/asia/nepal/a")
    write("asia/nepal/a.md", "")
    expect(toPath(join(root, "asia/nepal/a.md"), root)).toBe("/asia/nepal/a")
    expect(toFile(join(root, "asia/"), root)).toBe("asia")
    expect(toFile(root, root)).toBe("")
  })

  it("may have a space too many, doubled slashes, dot segments, or the separators of Windows", () => {
    const variants = [
      " /asia/nepal/a ",
      "asia//nepal/a.md",
      "/asia/x/../nepal/a",
      "content\\asia\\nepal\\a.md",
      ".\\asia\\nepal\\a",
    ]
    for (const given of variants) expect(toPath(given, root)).toBe("/asia/nepal/a")
    for (const given of ["", " "]) expect(() => toPath(given, root)).toThrow("A path is empty. Is a variable unset?")
  })

  it("may lead through a symbolic link, or to files that do not exist yet", () => {
    const link = join(base, "link")
    symlinkSync(root, link)
    write("asia/nepal/a.md", "")
    for (const content of [root, link])
      for (const name of ["asia/nepal/a", "asia/nepal/new", "oceania/new"])
        for (const given of [join(root, `${name}.md`), join(link, `${name}.md`)])
          expect(toPath(given, content)).toBe(`/${name}`)
    expect(toPath(join(link, "asia/nepal/new"), root)).toBe("/asia/nepal/new")
    expect(toPath("/asia/nepal/a", join(base, "nowhere"))).toBe("/asia/nepal/a")
  })
})

describe("openFolder", () => {
  it("refuses anything but a folder, with exit code 2", () => {
    expect(() => openFolder(join(base, "nowhere"))).toThrow(expect.objectContaining({ code: 2 }))
  })
})
