// Sample views to render, and functions with which the tests in this folder read pages.
import fc from "fast-check"
import { type DefaultTreeAdapterMap, parse } from "parse5"
import config from "../../dateline.config.ts"
import type { Entry, Story } from "../../src/article/article.ts"
import type { SiteConfig } from "../../src/site/site.ts"

export const site: SiteConfig = { ...config, origin: "https://meridian.example" }
export const now = Date.parse("2026-11-24T09:00:00Z")

export function makeEntry(changes: Partial<Entry> = {}): Entry {
  return {
    path: "/asia/tajikistan/security-summit-dushanbe",
    language: "en",
    region: "asia",
    country: "tajikistan",
    title: "Regional security summit to convene in Dushanbe",
    summary: "A permanent council is expected.",
    publishedAt: Date.parse("2003-04-25T00:00:00+02:00"),
    updatedAt: null,
    access: "open",
    gated: false,
    topics: [{ slug: "security", name: "Security" }],
    authors: [{ slug: "irin", name: "IRIN" }],
    image: null,
    map: true,
    words: 600,
    ...changes,
  }
}

export function makeStory(changes: Partial<Story> = {}): Story {
  return {
    ...makeEntry(),
    revision: 1,
    expiresAt: null,
    revisedAt: now,
    division: "none",
    rights: null,
    corrections: [],
    media: {},
    card: null,
    translations: [],
    related: [],
    ...changes,
  }
}

type Node = DefaultTreeAdapterMap["node"]
export type Element = DefaultTreeAdapterMap["element"]

export interface ReadPage {
  readonly errors: string[]
  /** In the order of the document. */
  readonly elements: Element[]
  readonly named: (name: string) => Element[]
  readonly withClass: (name: string) => Element[]
  // biome-ignore lint/suspicious/noExplicitAny: tests look at what they expect
  readonly jsonLd: any[]
}

/** A page as a browser reads it. */
export function readPage(page: string): ReadPage {
  const errors: string[] = []
  const document = parse(page, {
    sourceCodeLocationInfo: true,
    onParseError: ({ code, startLine, startCol }) => errors.push(`${code} at ${startLine}:${startCol}`),
  })
  const elements: Element[] = []
  collect(document, elements)
  const named = (name: string) => elements.filter((element) => element.tagName === name)
  return {
    errors,
    elements,
    named,
    withClass: (name: string) => elements.filter((one) => (attribute(one, "class") ?? "").split(" ").includes(name)),
    jsonLd: named("script")
      .filter((script) => attribute(script, "type") === "application/ld+json")
      .map((script) => JSON.parse(textOf(script))),
  }
}

function collect(node: Node, into: Element[]): void {
  if ("tagName" in node) into.push(node)
  if ("childNodes" in node) for (const child of node.childNodes) collect(child, into)
}

export function attribute(element: Element | undefined, name: string): string | undefined {
  return element?.attrs.find((one) => one.name === name)?.value
}

export function textOf(node: Node | undefined): string {
  if (node === undefined) return ""
  if (node.nodeName === "#text" && "value" in node) return node.value
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : ""
}

/** Checks any page: no parse errors, one h1, headings in order, unique ids, an alt for each picture. */
export function findFaults(page: string): string[] {
  const { errors, elements, named } = readPage(page)
  const faults = [...errors]
  if (named("h1").length !== 1) faults.push(`${named("h1").length} h1`)
  if (named("title").length !== 1) faults.push("no one title")
  let level = 1
  for (const { tagName } of elements.filter((element) => /^h[1-6]$/.test(element.tagName))) {
    const next = Number(tagName[1])
    if (next > level + 1) faults.push(`h${level} then h${next}`)
    level = next
  }
  const ids = elements.map((element) => attribute(element, "id")).filter((id) => id !== undefined)
  if (new Set(ids).size < ids.length) faults.push(`an id twice: ${ids}`)
  for (const picture of named("img")) if (attribute(picture, "alt") === undefined) faults.push("a picture without alt")
  for (const element of elements) {
    for (const { name, value } of element.attrs) {
      if (name.startsWith("on")) faults.push(`${name} on ${element.tagName}`)
      if ((name === "href" || name === "src") && /^\s*(javascript|vbscript|data:text)/i.test(value)) faults.push(value)
    }
  }
  return faults
}

const hostilePieces = [
  `"><img src=x onerror=alert(1)>`,
  `</script><script>alert(1)</script>`,
  "</title><svg onload=alert(1)>",
  "<!--",
  "-->",
  "]]>",
  "' onmouseover='alert(1)",
  "&lt;b&gt;",
  "&amp;#60;",
  "</textarea><b>",
  "\u2028\u2029",
  "\u0000\u0007\u0085\ufffe\u{1ffff}",
  "\ud800",
  "{{7*7}}`",
  "قمة في دوشنبه",
  "\u202eevil",
  "$& $1 $'",
]

/** Hostile titles. */
export const hostile = fc
  .array(fc.oneof(fc.constantFrom(...hostilePieces), fc.string({ unit: "binary", maxLength: 12 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((pieces) => pieces.join(""))

/** The part of a text that an HTML page can show. */
export function printable(text: string): string {
  const kept = text.replace(/[\p{Cs}\p{Noncharacter_Code_Point}]|(?![\t\n\r])\p{Cc}/gu, "")
  return kept.replace(/\r\n?/g, "\n")
}
