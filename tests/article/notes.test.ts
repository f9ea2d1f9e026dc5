// Editors' notes for editions of the newsletters, as files: addresses, front matter, division.
import { expect, it } from "vitest"
import { parseContent, webPath } from "../../src/article/kinds.ts"
import { mistakes, parseAt, site } from "./sample.ts"

const digest = "digest/2026-11-23.md"
const headlines = "headlines/2026-11-23.md"

it("reads a note's kind, edition and language from its file's path", () => {
  const of = (path: string) => {
    const { kind, address } = parseContent(path, site)
    return [kind, address?.language, address?.slug]
  }
  expect(of("/digest/2026-11-23")).toEqual(["digest", "en", "2026-11-23"])
  expect(of("/fr/headlines/2026-11-23")).toEqual(["headlines", "fr", "2026-11-23"])
  expect(of("/pt-br/digest/2026-11-23")).toEqual(["digest", "pt-BR", "2026-11-23"])
  for (const path of ["/digest/2026-02-30", "/digest/hello", "/digest/a/2026-11-23", "/Digest/2026-11-23"])
    expect(of(path), path).toEqual(["digest", undefined, undefined])
  expect(of("/asia/tajikistan/summit")).toEqual(["article", "en", "summit"])
  expect(of("/en/digest/2026-11-23")).toEqual(["article", undefined, undefined])
})

it("knows where an edition is on the web", () => {
  expect(webPath("/fr/headlines/2026-11-23", site)).toBe("/fr/newsletter/2026-11-23")
  expect(webPath("/digest/2026-11-23", site)).toBe("/digest/2026-11-23")
  expect(webPath("/asia/headlines/x", site)).toBe("/asia/headlines/x")
})

it("accepts a file of plain Markdown, with or without a byte order mark", () => {
  for (const source of ["Good morning.\n\nToday: water.\n", "\ufeffGood morning.\n\nToday: water.\n"]) {
    const note = parseAt(digest, source)
    expect(note.frontSource + note.body).toBe(source)
    expect(note.front).toMatchObject({ title: "", status: "published" })
    expect(note.open).toBe("Good morning.")
    expect(note.members).toBe(note.body)
  }
})

it("divides a digest's note as an article for members, and leaves a headlines' note to everyone", () => {
  const text = "First.\n\n<!-- members-only -->\nSecond.\n"
  expect(parseAt(digest, text)).toMatchObject({
    division: "line",
    open: "First.\n\n",
    members: expect.stringMatching(/Second/),
  })
  expect(parseAt(headlines, "First.\n\nSecond.\n")).toMatchObject({ division: "none", members: null })
  expect(parseAt(digest, "---\ntitle: Rivers\n---\n")).toMatchObject({ division: "none", members: null, open: "" })
  expect(mistakes(text, headlines)).toEqual([
    "3:1 body: a members-only line cannot be here — the headlines are for everyone: remove the line, or write what follows it in the digest's note",
  ])
  expect(mistakes("First.\n\n<!-- member only -->\nSecond.\n", headlines)).toEqual([
    expect.stringContaining("looks like the members-only line, but is not"),
  ])
})
