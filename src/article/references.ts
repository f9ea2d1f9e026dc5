// Finds and resolves a text's links, pictures and anchors (`#name`), for pages, feeds and `check` alike.
import type { MarkedToken, Token, Tokens } from "marked"
import { canonicalPath, parseAddress } from "../site/addresses.ts"
import { fileOf, pathOf } from "../site/format-address.ts"
import type { SiteConfig } from "../site/site.ts"
import { findTags } from "./html-tags.ts"
import { childrenOf, createLocator, lexMarkdown, walkShown } from "./lex-markdown.ts"
import { decodeReferences, plainText } from "./text.ts"

const plain = /^[a-z\d]+(?: [a-z\d]+)*$/i

/**
 * A name in lower case, its words joined by hyphens. Punctuation is dropped (`company's` becomes `companys`), as on
 * GitHub and in other Markdown programs. Plain names take a shortcut: matching Unicode properties is far slower.
 */
function joinWords(name: string): string {
  const words = plain.test(name)
    ? name.replaceAll(" ", "-")
    : (name.normalize().replace(punctuation, "").match(word) ?? ["section"]).join("-")
  return /^.{0,80}/su.exec(words.toLowerCase())?.[0] ?? ""
}

const punctuation = /[^\p{L}\p{M}\p{N}\p{Z}\s_-]+/gu
const word = /[\p{L}\p{M}\p{N}]+/gu

/**
 * The id on the page for an anchor name as the author wrote it. The id begins with `h-`, so that it cannot shadow
 * anything that scripts look up, and is formed like heading ids: `#Water_power` leads to the heading "Water power".
 */
export function anchorId(name: string, prefix = ""): string {
  const decoded = decodePercent(name)
  const own = decoded.startsWith(prefix) ? decoded.slice(prefix.length) : decoded
  return prefix + (/^fn-\S*$/.test(own) ? own : `h-${joinWords(own.replace(/^h-/, ""))}`)
}

/** A fragment as used on the page. Browsers handle `#top` and `#:~:text=…` themselves. */
export function resolveFragment(hash: string, prefix = ""): string {
  return /^#?$|^#(?:top$|:~:)/.test(hash) ? hash : `#${anchorId(hash.slice(1), prefix)}`
}

/**
 * The ids of a text's headings: given by the author (`{#id}`), or made from their words. Headings in quotations, and
 * headings with nothing below them, have an id only if the author gave them one.
 */
export function findHeadingIds(tokens: readonly Token[], prefix = ""): Map<Token, string> {
  const ids = new Map<Token, string>()
  const taken = new Map<string, number>()
  const walk = (blocks: readonly Token[], isQuoted: boolean) => {
    for (const [index, token] of blocks.entries()) {
      if (token.type === "heading" && ("id" in token || (!isQuoted && hasText(blocks, index))))
        ids.set(token, chooseId(token as Tokens.Heading & { id?: string }, prefix, taken))
      else if (containers.has(token.type))
        for (const inside of childrenOf(token)) walk(inside, isQuoted || token.type === "blockquote")
    }
  }
  walk(tokens, false)
  return ids
}

const containers = new Set(["blockquote", "list", "list_item", "note"])
const silent = new Set(["space", "def", "note", "hr"])

/** Whether a heading has content before the next heading of the same or a higher level. */
function hasText(tokens: readonly Token[], index: number): boolean {
  const { depth } = tokens[index] as Tokens.Heading
  for (let next = index + 1; next < tokens.length; next++) {
    const token = tokens[next] as MarkedToken
    if (token.type === "heading" && token.depth <= depth) return false
    if (token.type !== "heading" && !silent.has(token.type)) return true
  }
  return false
}

function chooseId(heading: Tokens.Heading & { id?: string }, prefix: string, taken: Map<string, number>): string {
  // The ids of footnotes begin with `fn-`.
  const slug = heading.id
    ? anchorId(heading.id.replace(/^fn-/, "h-$&"), prefix)
    : `${prefix}h-${joinWords(plainText(heading.tokens))}`
  let id = slug
  let next = taken.get(slug) ?? 1
  while (taken.has(id)) id = `${slug}-${++next}`
  taken.set(slug, next)
  if (id !== slug) taken.set(id, 1)
  return id
}

/** The known file that an address refers to, even in another spelling: `./a b.jpg` for `a%20b.jpg`. Null if none. */
export function findFile(address: string, isKnown: (file: string) => boolean): string | null {
  const bare = address.startsWith("./") ? address.slice(2) : address
  const known = [address, bare, `./${bare}`].find(isKnown)
  const decoded = decodePercent(address)
  return known ?? (decoded === address ? null : findFile(decoded, isKnown))
}

/** Decodes percent-encoding; returns the text unchanged if that fails. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const allowed = new Set(["http", "https", "mailto", "tel"])

/** The scheme of an address in lower case, or null if it has none. */
export function schemeOf(address: string): string | null {
  return /^([a-z][a-z\d+.-]*):/i.exec(address)?.[1]?.toLowerCase() ?? null
}

/** Whether a text may link to the address: http, https, mailto, tel, relative and `#`. */
export function isSafe(address: string): boolean {
  // Browsers first strip some control characters and spaces from addresses (URL Standard §4.4). To be safe, strip all.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to strip
  const scheme = schemeOf(address.replace(/[\u0000-\u0020]/g, ""))
  return scheme === null || allowed.has(scheme)
}

/** Whether an address is on this site, over https or http. */
export function isOwn(url: URL | null, site: SiteConfig): url is URL {
  return url !== null && /^https?:$/.test(url.protocol) && url.host === new URL(site.origin).host
}

/**
 * Where a link in the article at `path` leads: a path from the root if it is on the site, otherwise as written. The
 * link may be a path on the site, relative to the article, or the name of a `.md` file in the folder.
 */
export function resolveLink(address: string, path: string, site: SiteConfig): string {
  const url = URL.parse(address, `${site.origin}/${fileOf(path, site)}`)
  if (address === "" || address.startsWith("#") || !isOwn(url, site)) return address
  const written = canonicalPath(url.pathname) ?? url.pathname.replace(/^\/+/, "/")
  const canonical = pathOf(written.slice(1).replace(/(?:\.md)+$/i, ""), site)
  // An unknown address may be an alias.
  const toText = /^(?:article|page|undefined)$/.test(`${parseAddress(canonical, site)?.kind}`)
  return `${canonical}${url.search}${toText ? resolveFragment(url.hash) : url.hash}`
}

export interface Reference {
  readonly kind: "link" | "picture" | "definition"
  /** As written, with character references decoded. */
  readonly address: string
  readonly alt: string
  /** Where the address begins; if it is in a definition, where the link or picture begins. */
  readonly from: number
  /** Where the address ends. The same as `from` if the address is not here (a reference link) or was not found. */
  readonly to: number
}

const destination = String.raw`(?:<([^<>\n]*)>|([^\s<]\S*?))`
const behindWords = new RegExp(String.raw`^\]\(\s*${destination}(?:\s+["'(][^]*)?\s*\)$`, "d")
const ofDefinition = new RegExp(String.raw`^ {0,3}\[(?:\\.|[^\]\\])+\]:\s*${destination}(?=\s|$)`, "d")
const alone = new RegExp(`^${destination}$`, "d")

/** Where the address is in the source of a link, picture or definition; `[0, 0]` if not found or uncertain. */
function locateAddress({ type, raw, href, autolink }: Tokens.Generic): readonly [number, number] {
  const pattern = type === "def" ? ofDefinition : autolink ? alone : behindWords
  // A title may contain `](` too: the comparison with `href` below then fails.
  const start = pattern === behindWords ? Math.max(0, raw.lastIndexOf("](")) : 0
  const found = pattern.exec(raw.slice(start))
  const written = found?.[1] ?? found?.[2]
  const [from, to] = found?.indices?.[1] ?? found?.indices?.[2] ?? [0, 0]
  const isSame = (autolink ? written : written?.replace(/\\(?=[!-/:-@[-`{-~])/g, "")) === href
  return isSame ? [start + from, start + to] : [0, 0]
}

const kinds = { link: "link", image: "picture", def: "definition", a: "link", img: "picture" } as const

/** The addresses of links, pictures and definitions, including those in raw HTML. */
export function findAddresses(tokens: readonly Token[], text: string): Reference[] {
  const found: Reference[] = []
  const locate = createLocator(text, tokens)
  walkShown(tokens, (token) => {
    const { type, raw, href, autolink, tokens: words } = token as Tokens.Generic
    const add = (kind: Reference["kind"], address: string, alt: string, [from, to]: readonly [number, number]) => {
      const at = locate(token, from)
      const isHere = to > 0 && text.startsWith(raw.slice(from, to), at)
      found.push({ kind, address, alt, from: isHere ? at : locate(token), to: isHere ? at + to - from : locate(token) })
    }
    if (type === "link" || type === "image" || type === "def") {
      const alt = type === "image" ? plainText(words) : ""
      add(kinds[type], autolink ? href : decodeReferences(href), alt, locateAddress(token))
    } else if (type === "html" && raw.includes("<"))
      for (const { name, attributes } of findTags(raw)) {
        const written = attributes.get(name === "a" ? "href" : "src")
        if (written !== undefined && (name === "a" || name === "img"))
          add(kinds[name], written.value, attributes.get("alt")?.value ?? "", [written.from, written.to])
      }
  })
  return found
}

/** Replaces the addresses of a text's links, pictures and definitions with what `resolve` returns. */
export function rewriteAddresses(body: string, isPart: boolean, resolve: (address: string) => string): string {
  const text = dropDangling(body.replace(/\r\n?/g, "\n"), isPart)
  let at = 0
  let rewritten = ""
  for (const { address, from, to } of findAddresses(lexMarkdown(text), text).sort((a, b) => a.from - b.from)) {
    if (from < at || to === from) continue
    const resolved = resolve(address)
    const isSame = (URL.parse(resolved)?.href ?? resolved) === (URL.parse(address)?.href ?? address)
    // Unescaped brackets and quotes could end the address.
    const safe = resolved.replace(/[()<>"'\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
    rewritten += text.slice(at, from) + (isSame ? text.slice(from, to) : safe)
    at = to
  }
  return rewritten + text.slice(at)
}

/** Drops references and footnote marks from a part of a text if their definitions are in the rest. */
function dropDangling(text: string, isPart: boolean): string {
  if (!isPart) return text
  const tokens = lexMarkdown(text, true)
  const locate = createLocator(text, tokens)
  const dropped: string[] = []
  let at = 0
  const drop = (mark: string, from: number) => {
    const start = text.indexOf(mark, Math.max(from, at))
    if (start === -1) return
    dropped.push(text.slice(at, start))
    at = start + mark.length
  }
  const walk = (list: readonly Token[]) => {
    for (const token of list) {
      const { type, raw, tokens: words = [] } = token as Tokens.Generic
      const from = locate(token)
      // `[words][label]` keeps its words. In `[words][^1]` with a note defined in this part, the token is the words.
      const label = type === "dangling" && words.length > 0 ? raw.lastIndexOf("][") : -1
      if (label !== -1) drop("[", from)
      for (const inner of childrenOf(token)) walk(inner)
      if (label !== -1) drop(raw.slice(label), from)
      else if (type === "dangling" && words.length === 0) drop(raw, from)
    }
  }
  walk(tokens)
  return [...dropped, `${text.slice(at)}\n`].reduce(createJoin(), "").slice(0, -1)
}

/** Matches a line that contains only quotation and list markers so far. */
const markers = /^(?:\s|>|(?:[-*+]|\d{1,9}[.)])\s)*$/
/** Whether two pieces can be joined directly, as neither becomes markup. `line`: the line so far. */
function joinsAsWords(line: string, piece: string): boolean {
  const isAfterWord = /\p{L}/u.test(line) && /[\p{L}\p{N}.,;:!?)"'’”»…][*_~]*$/u.test(line)
  if (isAfterWord && /^[.,;:!?)]*(?:\s|$)/.test(piece)) return true
  return /(?:^|[\s"'«“‘]|(?<!\])\()$/.test(line) && /^ ?\p{L}/u.test(piece)
}

/**
 * Joins the pieces of a text that are left once references are dropped. `<wbr>` separates pieces that would otherwise
 * become markup: `*[^1]*`, or `[^1]- words` at the start of a line.
 */
function createJoin() {
  let line = ""
  return (joined: string, piece: string, index: number) => {
    if (piece === "") return joined
    const isBlank = index > 0 && markers.test(line) && piece.startsWith("\n")
    const start = isBlank && line === "" ? 1 : 0
    const isPlain = index === 0 || isBlank || joinsAsWords(line, piece)
    line = `${line}${piece}`.slice(-80).split("\n").at(-1) ?? ""
    return joined + (isPlain ? "" : "<wbr>") + piece.slice(start)
  }
}
