// M: what browsers, search engines and screen readers read.
import { type DefaultTreeAdapterMap, parse } from "parse5"
import type { Answer } from "../ask.ts"
import { type Check, field, must, type Site, should } from "../check.ts"

type Node = DefaultTreeAdapterMap["node"]
type Element = DefaultTreeAdapterMap["element"]

function* walk(node: Node): Generator<Element> {
  if ("tagName" in node) yield node
  if ("content" in node) yield* walk(node.content)
  if ("childNodes" in node) for (const child of node.childNodes) yield* walk(child)
}

const attribute = (element: Element, name: string) => element.attrs.find((one) => one.name === name)?.value

function read(page: Answer): { elements: Element[]; errors: string[] } {
  const errors: string[] = []
  const document = parse(page.text, { onParseError: ({ code }) => errors.push(code) })
  return { elements: [...walk(document)], errors }
}

async function onPages(
  site: Site,
  compare: (path: string, elements: Element[], page: Answer, errors: string[]) => Promise<void> | void,
) {
  for (const path of [site.open, site.member, site.listing, site.missing, "/"]) {
    if (path === null) continue
    const page = await site.page(path)
    const { elements, errors } = read(page)
    await compare(path, elements, page, errors)
  }
}

const named = (elements: readonly Element[], name: string) => elements.filter(({ tagName }) => tagName === name)

export const markup: readonly Check[] = [
  must("M01", "HTML without errors: one title, one h1, language and direction, charset, viewport", (site, expect) =>
    onPages(site, (path, elements, page, errors) => {
      expect(errors.length === 0, path, "no parse errors", errors.slice(0, 3).join(" "))
      expect(/^<!doctype html>/i.test(page.text), path, "a doctype")
      const titles = named(elements, "title").filter(
        ({ parentNode }) => parentNode !== null && "tagName" in parentNode && parentNode.tagName === "head",
      )
      expect(titles.length === 1, path, "one title", titles.length)
      expect(named(elements, "h1").length === 1, path, "one h1", named(elements, "h1").length)
      const [root] = named(elements, "html")
      const language = root === undefined ? "" : (attribute(root, "lang") ?? "")
      expect(language !== "", path, "lang")
      if (/^(ar|fa|he|ur)/.test(language))
        expect(root !== undefined && attribute(root, "dir") === "rtl", path, "dir=rtl")
      expect(page.bytes.subarray(0, 1024).includes('<meta charset="utf-8">'), path, "charset within 1,024 bytes")
      expect(
        named(elements, "meta").some((one) => attribute(one, "name") === "viewport"),
        path,
        "viewport",
      )
    }),
  ),
  must("M02", "the canonical address is the page's own", (site, expect) =>
    onPages(site, (path, elements) => {
      if (path === site.missing) return
      const link = named(elements, "link").find((one) => attribute(one, "rel") === "canonical")
      const href = link && attribute(link, "href")
      expect(href === site.origin + (path === "/" ? "/" : path), path, "its own address", href)
    }),
  ),
  must("M03", "hreflang links point back", async (site, expect) => {
    const read1 = (page: Answer) =>
      named(read(page).elements, "link")
        .filter((one) => attribute(one, "hreflang") !== undefined)
        .map((one) => [attribute(one, "hreflang"), attribute(one, "href")] as const)
    for (const path of [site.open, "/"]) {
      const links = read1(await site.ask(path))
      for (const [, href] of links.filter(([tag]) => tag !== "x-default")) {
        const other = new URL(href ?? "", site.origin)
        const back = read1(await site.ask(other.pathname)).map(([, to]) => to)
        expect(back.includes(site.origin + path), other.pathname, `a link back to ${path}`)
      }
    }
  }),
  must("M04", "JSON-LD parses, and describes the article", async (site, expect) => {
    const { text } = await site.page(site.open)
    const parts = [...text.matchAll(/<script type="application\/ld\+json">([\s\S]*?)<\/script>/g)].map(
      ([, json = ""]) => JSON.parse(json),
    )
    const article = parts.flat().find((one) => /Article$/.test(one["@type"]))
    expect(article !== undefined, site.open, "an article")
    if (article === undefined) return
    expect(Boolean(article.headline), site.open, "headline")
    if (article.datePublished !== undefined)
      expect(!Number.isNaN(Date.parse(article.datePublished)), site.open, "an ISO date", article.datePublished)
    const url = article.url ?? article.mainEntityOfPage?.["@id"] ?? article.mainEntityOfPage
    expect(url === site.origin + site.open, site.open, "its own address", url)
  }),
  must("M05", "no inline handlers or unsafe addresses; unique ids; alt texts", (site, expect) =>
    onPages(site, (path, elements) => {
      for (const element of elements)
        for (const { name, value } of element.attrs) {
          expect(!name.startsWith("on"), path, "no inline handler", `${element.tagName} ${name}`)
          expect(!/^\s*(javascript|vbscript|data:text\/html)/i.test(value), path, "no unsafe address", value)
          const loads = name === "src" || (name === "href" && element.tagName === "link")
          if (site.origin.startsWith("https:") && loads)
            expect(!value.startsWith("http:"), path, "no mixed content", value)
        }
      const ids = elements.flatMap((one) => attribute(one, "id") ?? [])
      expect(
        new Set(ids).size === ids.length,
        path,
        "unique ids",
        ids.find((id, index) => ids.indexOf(id) !== index),
      )
      for (const picture of named(elements, "img"))
        expect(attribute(picture, "alt") !== undefined, path, "alt", attribute(picture, "src"))
    }),
  ),
  must("M06", "internal links and files exist, without redirects", async (site, expect) => {
    const page = await site.page(site.open)
    const paths = new Set(
      read(page)
        .elements.flatMap((one) => [attribute(one, "href"), attribute(one, "src")])
        .flatMap((value) => {
          if (value === undefined || !URL.canParse(value, site.origin) || /^(#|data:|mailto:)/.test(value)) return []
          const url = new URL(value, site.origin + site.open)
          return url.origin === site.origin ? [url.pathname + url.search] : []
        }),
    )
    for (const path of [...paths].slice(0, 50)) {
      const { status } = await site.page(path)
      expect(status === 200 || (path.startsWith("/account") && status === 303), path, "200", status)
    }
  }),
  must("M07", "the text is there without script", async (site, expect) => {
    const page = await site.page(site.open)
    const article = named(read(page).elements, "article").length
    const words = page.text
      .replace(/<(script|style)[\s\S]*?<\/\1>/g, "")
      .replace(/<[^>]+>/g, " ")
      .split(/\s+/).length
    expect(article > 0 && words > 50, site.open, "an article of more than 50 words", words)
  }),
  should("M08", "headings in order, a skip link, times", async (site, expect) => {
    const { elements } = read(await site.ask(site.open))
    let level = 0
    for (const { tagName } of elements.filter(({ tagName: name }) => /^h[1-6]$/.test(name))) {
      expect(Number(tagName[1]) <= level + 1 || level === 0, site.open, "no level skipped", tagName)
      level = Number(tagName[1])
    }
    const [first] = named(elements, "a")
    expect(first !== undefined && (attribute(first, "href") ?? "").startsWith("#"), site.open, "a skip link first")
  }),
  must("M09", "no replacement characters", (site, expect) =>
    onPages(site, (path, _elements, page) =>
      expect(!page.text.includes("\ufffd"), path, "no U+FFFD", field(page, "content-type")),
    ),
  ),
]
