// Sanitizes texts that contain raw HTML: parses as browsers do, keeps what an article may contain, and serializes it.
// Loaded on demand. Why not a library: docs/decisions/023-markdown.md.
import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parseFragment, serialize, html as standard } from "parse5"
import { droppedElements } from "../article/html-tags.ts"
import { anchorId } from "../article/references.ts"
import { cleanText } from "../article/text.ts"
import type { MarkdownOptions } from "./inline.ts"
import { ownFile, resolvePicture, takeAddress } from "./text-links.ts"

type Node = DefaultTreeAdapterTypes.ChildNode
type Element = DefaultTreeAdapterTypes.Element
type Attributes = Map<string, string>

const blocks = new Set(
  (
    "h1 h2 h3 h4 h5 h6 p ul ol li dl dt dd blockquote pre hr div section aside figure figcaption details summary " +
    "table caption colgroup col thead tbody tfoot tr th td"
  ).split(" "),
)
/** Elements that may contain whatever their parent may contain. */
const transparent = new Set(["a", "del", "ins"])
/** Elements that may not contain blocks. */
const phrasing = new Set(
  (
    "abbr b bdi bdo br cite code data dfn em i img kbd mark picture q rp rt ruby s samp small source span strong sub sup " +
    "time u var wbr"
  ).split(" "),
)
/** What an article may contain. Other elements lose their tags but keep their content, unless they are dropped. */
const allowed = blocks.union(transparent).union(phrasing)
/** Whether an article may contain the element. */
export const isKept = (element: string) => allowed.has(element)

const everywhere = new Set("id class dir lang title aria-label tabindex role".split(" "))
const attributes: Readonly<Record<string, readonly string[]>> = {
  a: ["href", "hreflang", "name"],
  ol: ["start", "type", "reversed"],
  li: ["value"],
  th: ["scope", "colspan", "rowspan", "align"],
  td: ["colspan", "rowspan", "align"],
  col: ["span"],
  colgroup: ["span"],
  time: ["datetime"],
  del: ["datetime"],
  ins: ["datetime"],
  data: ["value"],
  details: ["open"],
  source: ["type", "srcset", "sizes"],
  audio: ["controls", "preload", "src"],
  video: ["controls", "preload", "src", "width", "height"],
}
/** A `srcset` as picture.ts writes it. */
const ownFiles = /^(?:\/media\/[\da-f]{64}\.[a-z\d]{2,5} \d{1,5}w(?:, (?=\/)|$))+$/
/** Obsolete attributes and their replacements. The style sheet defines the classes. */
const renamed: Readonly<Record<string, string>> = { align: "class", name: "id" }
const cellClass = /^(?:end|center)$/
const classes: Readonly<Record<string, RegExp>> = {
  code: /^language-/,
  th: cellClass,
  td: cellClass,
  blockquote: /^pull$/,
  figure: /^(?:pull|full)$/,
}
const classesEverywhere = /^(?:table|notes?)$/
const roles = new Set(["region", "note", "doc-noteref", "doc-backlink", "doc-endnotes"])
/** Maximum nesting depth of elements. */
const deepest = 200
const mostAttributes = 200

/** The text being sanitized, and its ids so far. */
interface Cleaning extends MarkdownOptions {
  /** Ids of the text's own headings: no other element may take them. */
  readonly reserved: { has(id: string): boolean }
  /** How many footnotes the text has: only footnotes and their references may take footnote ids. */
  readonly notes: number
  readonly ids: Set<string>
}

/**
 * The HTML with every element closed, and without what an article may not contain. Parsed and cleaned repeatedly until
 * nothing changes, so that browsers get the tree that was checked: one pass can leave, say, a link within a link.
 * @throws if the tags are too badly nested
 */
export function sanitizeHtml(
  html: string,
  options: MarkdownOptions,
  { reserved, notes }: Pick<Cleaning, "reserved" | "notes">,
): string {
  checkAttributes(html)
  // Trimmed, so that elements left open are closed before the final newline.
  let before = html.trimEnd()
  for (let round = 0; round < 20; round++) {
    // Scripting is off so that comments count inside `<noscript>` too, as in html-tags.ts; the element is dropped.
    const parsing = { treeAdapter: limitElements(10 * html.length + 10_000), scriptingEnabled: false }
    const fragment = parseFragment(context, before, parsing)
    cleanChildren(fragment, { ...options, reserved, notes, ids: new Set() })
    const after = serialize(fragment)
    if (after === before) return after === "" ? "" : `${after}\n`
    before = after
  }
  throw new Error("HTML tags are nested so badly that browsers disagree about them")
}

const context = defaultTreeAdapter.createElement("div", standard.NS.HTML, [])

const startTag = /<[a-z](?:[^"'=>]|=\s*(?:"[^"]*"|'[^']*')|["'=])*/gi

/** Limits the attributes of each tag, because the parser compares each one with all the others. */
function checkAttributes(html: string): void {
  for (const [tag] of html.matchAll(startTag))
    if (tag.length > 2 * mostAttributes && tag.replace(/"[^"]*"|'[^']*'/g, " ").split(/[\s/]+/).length > mostAttributes)
      throw new Error(`an HTML tag has more than ${mostAttributes} attributes`)
}

/**
 * A tree adapter with limits. Parsers search the open elements at each tag, and reopen unclosed formatting tags such as
 * `<b>` in every following block, so a short text could become gigabytes.
 */
function limitElements(mostCharacters: number): typeof defaultTreeAdapter {
  let characters = 0
  let open = 0
  return {
    ...defaultTreeAdapter,
    createElement(name, namespace, attrs) {
      characters += name.length
      for (const attribute of attrs) characters += attribute.name.length + attribute.value.length
      if (characters > mostCharacters)
        throw new Error("HTML tags such as <b> or <a> are left open across too many blocks")
      return defaultTreeAdapter.createElement(name, namespace, attrs)
    },
    onItemPush: () => {
      if (++open > deepest) throw new Error(`HTML tags are nested more than ${deepest} deep: close them`)
    },
    onItemPop: () => {
      open--
    },
  }
}

function cleanChildren(parent: DefaultTreeAdapterTypes.ParentNode, text: Cleaning): void {
  const kept: Node[] = []
  for (const child of parent.childNodes) {
    if (child.nodeName === "#text") {
      const node = child as DefaultTreeAdapterTypes.TextNode
      node.value = cleanText(node.value)
      kept.push(node)
    } else if ("tagName" in child) kept.push(...cleanElement(child, text))
  }
  for (const child of kept) child.parentNode = parent
  parent.childNodes = kept
}

/** Returns the element, only its content if the element itself is not allowed, or nothing. */
function cleanElement(element: Element, text: Cleaning): readonly Node[] {
  if (isPlayer(element)) {
    element.childNodes = []
    cleanTag(element, text)
    return [element]
  }
  if (droppedElements.has(element.tagName) || element.namespaceURI !== standard.NS.HTML) return linkEmbed(element)
  const isAllowed = allowed.has(element.tagName)
  if (isAllowed) cleanTag(element, text)
  cleanChildren(element, text)
  const [first] = element.childNodes
  // Browsers drop a newline at the start of <pre>.
  if (element.tagName === "pre" && first && "value" in first && first.value.startsWith("\n"))
    first.value = `\n${first.value}`
  // The parser reopens a tag that was left open, such as <b>, around the blocks that follow.
  const misplaced = phrasing.has(element.tagName) && element.childNodes.some(holdsBlock)
  return isAllowed && !misplaced ? [element] : element.childNodes
}

function holdsBlock(node: Node): boolean {
  if (!("tagName" in node)) return false
  return blocks.has(node.tagName) || (transparent.has(node.tagName) && node.childNodes.some(holdsBlock))
}

function cleanTag(element: Element, text: Cleaning): void {
  if (element.tagName === "h1" && text.titled !== false) rename(element, "h2")
  const written: Attributes = new Map(element.attrs.map(({ name, value }) => [name, cleanText(value)]))
  const isPicture = element.tagName === "img"
  const kept = isPicture ? takePicture(element, written, text) : takeAttributes(element, written, text)
  const id = isPicture ? takeId(element, written.get("id")?.trim() ?? "", text) : null
  if (id !== null) kept.set("id", id)
  element.attrs = Array.from(kept, ([name, value]) => ({ name, value }))
}

/** Whether an element plays one of the site's own recordings, as markdown.ts writes it. */
function isPlayer({ tagName, namespaceURI, attrs }: Element): boolean {
  const src = attrs.find(({ name }) => name === "src")?.value ?? ""
  return /^(?:audio|video)$/.test(tagName) && namespaceURI === standard.NS.HTML && ownFile.test(src)
}

const embeds = new Set(["iframe", "video", "audio", "embed"])
/** Elements in which an embed becomes a paragraph of its own. */
const holders = new Set("#document-fragment div section aside figure blockquote li dd td details".split(" "))

/** Turns embeds from other sites, such as videos, into links, so that nothing loads unasked; drops other elements. */
function linkEmbed(element: Element): readonly Node[] {
  const sources = [element, ...element.childNodes].flatMap((node) => ("attrs" in node ? node.attrs : []))
  const [src, title] = ["src", "title"].map((key) => sources.find(({ name }) => name === key)?.value.trim() ?? "")
  const address = /^(?:https?:)?\/\//i.test(src ?? "") ? URL.parse(src ?? "", "https://x.invalid") : null
  if (address === null || !embeds.has(element.tagName) || isInLink(element)) return []
  rename(element, "a")
  element.attrs = [{ name: "href", value: address.href }]
  element.childNodes = []
  defaultTreeAdapter.insertText(element, cleanText(title || address.host))
  if (!holders.has(element.parentNode?.nodeName ?? "")) return [element]
  const paragraph = defaultTreeAdapter.createElement("p", standard.NS.HTML, [])
  defaultTreeAdapter.appendChild(paragraph, element)
  return [paragraph]
}

function isInLink({ parentNode }: Element): boolean {
  return parentNode !== null && "tagName" in parentNode && (parentNode.tagName === "a" || isInLink(parentNode))
}

function rename(element: Element, name: string): void {
  element.tagName = name
  element.nodeName = name
}

function takeAttributes(element: Element, written: Attributes, text: Cleaning): Attributes {
  const { tagName } = element
  const kept: Attributes = new Map()
  for (const [name, value] of written) {
    if (!everywhere.has(name) && !attributes[tagName]?.includes(name)) continue
    const taken = takeValue(element, name, value, text)
    if (taken !== null) kept.set(renamed[name] ?? name, taken)
  }
  return kept
}

function takeValue(element: Element, name: string, value: string, text: Cleaning): string | null {
  switch (name) {
    case "id":
    case "name":
      return takeId(element, value.trim(), text)
    case "class": {
      const known = (one: string) => classesEverywhere.test(one) || classes[element.tagName]?.test(one)
      return value.split(/\s+/).filter(known).join(" ") || null
    }
    case "align":
      return value === "right" ? "end" : value === "center" ? value : null
    case "srcset":
      return ownFiles.test(value) ? value : null
    case "role":
      return roles.has(value) ? value : null
    case "tabindex":
      return value === "0" ? value : null
    case "href":
      return takeAddress(value.trim(), text)
    default:
      return value
  }
}

function takeId(element: Element, name: string, { idPrefix = "", ids, reserved, notes }: Cleaning): string | null {
  if (name === "") return null
  const id = anchorId(name, idPrefix)
  const note = Number(/^fn-([1-9]\d*)(?:-ref(?:-\d+)?)?$/.exec(id.slice(idPrefix.length))?.[1])
  const isFree = note <= notes ? isOfNote(element) : !reserved.has(id) || (id === name && /^h\d$/.test(element.tagName))
  if (ids.has(id) || !isFree) return null
  ids.add(id)
  return id
}

/** Whether an element is a footnote or a reference to one, as markdown.ts writes them. */
function isOfNote({ tagName, parentNode }: Element): boolean {
  const holder = tagName === "li" ? (parentNode as Element | null)?.parentNode : parentNode
  return holder != null && "attrs" in holder && holder.attrs.some(({ value }) => /^notes?$/.test(value))
}

/** The attributes of a picture on this site. Other sites' pictures become links, unusable ones just their alt text. */
function takePicture(element: Element, written: Attributes, text: Cleaning): Attributes {
  const alt = written.get("alt") ?? ""
  const picture = resolvePicture(written.get("src")?.trim() ?? "", text)
  if (picture === null || "href" in picture) {
    const isLink = picture !== null && !isInLink(element)
    rename(element, isLink ? "a" : "span")
    defaultTreeAdapter.insertText(element, alt || (picture?.host ?? ""))
    return new Map(isLink ? [["href", picture.href]] : [])
  }
  const kept: Attributes = new Map([
    ["src", picture.src],
    ["alt", alt],
  ])
  const title = written.get("title")
  if (!("width" in picture)) return title === undefined ? kept : kept.set("title", title)
  const { width, height } = picture
  if (width !== null) kept.set("width", `${width}`).set("height", `${height}`)
  return kept.set("loading", "lazy").set("decoding", "async")
}
