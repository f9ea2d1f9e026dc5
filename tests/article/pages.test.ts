// Static pages and authors' biographies as files: addresses, front matter, links, what `check` says.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { checkArticles } from "../../src/article/check.ts"
import { parseContent } from "../../src/article/kinds.ts"
import { resolveLink } from "../../src/article/references.ts"
import { fileOf, pathOf } from "../../src/site/format-address.ts"
import { mistakes, parseAt, site, write } from "./sample.ts"

const page = (...keys: string[]) => ["---", "title: About us", ...keys, "---", "Who we are."].join("\n")

it("has the address of a page without its folder, in every language", () => {
  const paths = { "pages/about.md": "/about", "fr/pages/about.md": "/fr/about", "pt-br/pages/about.md": "/pt-br/about" }
  for (const [file, path] of Object.entries(paths)) {
    expect(pathOf(file, site)).toBe(path)
    expect(fileOf(path, site)).toBe(file)
    expect(parseAt(file, page())).toMatchObject({ kind: "page", slug: "about", path, region: "", country: null })
  }
  expect(parseAt("fr/authors/amina.md", page())).toMatchObject({ kind: "author", slug: "amina", language: "fr" })
  for (const file of ["asia/tajikistan/snow.md", "authors/amina.md", "digest/2026-11-23.md", "asia/pages.md"])
    expect([pathOf(file, site), fileOf(pathOf(file, site), site)]).toEqual([`/${file.slice(0, -3)}`, file])
})

it("finds the file of each address that content can have, and the address of each file", () => {
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}[a-z0-9]$/)
  const folder = fc.constantFrom("", "fr/", "pt-br/", "en/", "asia/")
  const middle = fc.constantFrom("", "pages/", "authors/", "asia/", "asia/japan/", "pages/pages/", "headlines/")
  fc.assert(
    fc.property(folder, middle, name, (prefix, place, slug) => {
      const file = `${prefix}${place}${slug}.md`
      const path = pathOf(file, site)
      if (parseContent(path, site).address === null) return
      if (mistakes(page(), file).every((line) => !line.includes(" path: "))) expect(fileOf(path, site)).toBe(file)
      expect(pathOf(fileOf(path, site), site)).toBe(path)
    }),
    { numRuns: 2000 },
  )
})

describe("a page's mistakes", () => {
  it.each([
    ["pages/asia.md", "`/asia` is the address of another page (region) — choose another name"],
    ["pages/search.md", "`/search` is the address of another page (search) — choose another name"],
    ["pages/topics.md", "`/topics` cannot be an article's address"],
    ["pages/fr.md", "`/fr` is the address of another page (front)"],
    ["about.md", "`/about` cannot be an article's address — if it is a static page, name it pages/about.md"],
    ["fr/about.md", "`/fr/about` cannot be an article's address — if it is a static page, name it fr/pages/about.md"],
    ["pages/more/about.md", "`/pages/more/about` cannot be an article's address"],
    ["Pages/About.md", "`/Pages/About` is not a canonical address — name it pages/about.md"],
  ])("%s: %s", (file, message) => {
    expect(mistakes(page(), file).join()).toContain(message)
  })

  it("are those of its own front matter", () => {
    expect(mistakes(page("date: 2026-11-23"), "pages/about.md")).toEqual([
      "3:1 date: is an unknown key — remove it; the keys are title, summary, updated, image, aliases, status",
    ])
    expect(mistakes("---\nsummary: Us\n---\nText.\n", "pages/about.md").join()).toContain("title: is missing")
    expect(mistakes(page().concat("\n\n<!-- members-only -->\nMore.\n"), "pages/about.md").join()).toContain(
      "a members-only line is not allowed here — it is for everyone",
    )
    expect(mistakes(page("aliases: [ /about ]"), "pages/about.md").join()).toContain("own address")
    expect(mistakes(page("aliases: [ /about-us, /company/team ]"), "pages/about.md")).toEqual([])
    expect(mistakes(page("image: { src: ../../out.jpg, alt: x }"), "pages/about.md").join()).toContain("outside")
    expect(mistakes(page("image: { src: ../team.jpg, alt: x }"), "pages/about.md")).toEqual([])
  })

  it("include an alias that is an article's, and a biography that nobody's byline leads to", () => {
    const story = parseAt(
      "asia/snow.md",
      write("See [us](/about).", "authors: [ Amina Odhiambo ]", "aliases: [ /about ]"),
    )
    const about = parseAt("pages/about.md", page())
    const of = (...articles: Parameters<typeof checkArticles>[0]) =>
      checkArticles(articles, new Set(), site).map(({ file, field, message }) => `${file} ${field}: ${message}`)
    expect(of(story, about)).toEqual(["asia/snow.md aliases: `/about` is the address of an article"])
    expect(of(about, parseAt("asia/snow.md", write("See [us](/about), [them](/nobody).")))).toEqual([
      "asia/snow.md body: the link `/nobody` leads to a page that does not exist",
    ])
    const biography = (title: string) => parseAt("authors/amina-odhiambo.md", page().replace("About us", title))
    expect(of(biography("Amina Odhiambo"))).toEqual([])
    expect(of(biography("أمينة"), story)).toEqual([])
    expect(of(biography("Amina"))).toEqual([
      "authors/amina-odhiambo.md title: no article has an author with the slug amina-odhiambo",
    ])
  })
})

it("resolves the links of a page from its file's folder", () => {
  const from = (path: string, address: string) => resolveLink(address, path, site)
  expect(from("/about", "privacy.md")).toBe("/privacy")
  expect(from("/fr/about", "./privacy.md#cookies")).toBe("/fr/privacy#h-cookies")
  expect(from("/fr/about", "../asia/snow.md")).toBe("/fr/asia/snow")
  expect(from("/fr/about", "../../pages/about.md")).toBe("/about")
  expect(from("/asia/japan/quake", "../../pages/about.md")).toBe("/about")
  expect(from("/authors/amina", "../pages/contact.md")).toBe("/contact")
})
