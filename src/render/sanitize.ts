// Raw HTML of an author's: an allow-list, then tags balanced as HTML's own rules want them. Loaded only when needed.
import sanitize from "sanitize-html"
import { balanceHtml } from "./balance.ts"
import type { MarkdownOptions } from "./inline.ts"
import { authorId, findPicture, hostOf, isSafe, localAddress, placeOf, safeAddress } from "./links.ts"
import { cleanText } from "./references.ts"

const tags = (
  "h2 h3 h4 h5 h6 p ul ol li dl dt dd blockquote pre hr div section aside figure figcaption details summary " +
  "table caption colgroup col thead tbody tfoot tr th td a abbr b bdi bdo br cite code data del dfn em i img ins kbd " +
  "mark q rp rt ruby s samp small span strong sub sup time u var wbr"
).split(" ")

const cellClasses = ["end", "center"]

// Made once: sanitize-html reads all of it at each call, which takes as long as a short text does. `language-` is a pattern
// since `language-*`, which it takes as well, is compiled each time.
const everywhere: sanitize.IOptions = {
  allowedTags: tags,
  nonTextTags: (
    "script style textarea option noscript title svg math iframe object embed template xmp noembed noframes plaintext " +
    "select audio video canvas"
  ).split(" "),
  // Also the bound of what the balancing walks back through.
  nestingLimit: 100,
  allowedSchemes: ["http", "https", "mailto", "tel"],
}
const attributes = new Map(
  Object.entries({
    a: ["href", "hreflang"],
    img: ["src", "alt", "width", "height", "loading", "decoding"],
    ol: ["start", "type", "reversed"],
    li: ["value"],
    th: ["scope", "colspan", "rowspan"],
    td: ["colspan", "rowspan"],
    col: ["span"],
    colgroup: ["span"],
    time: ["datetime"],
    del: ["datetime"],
    ins: ["datetime"],
    data: ["value"],
    details: ["open"],
  }),
)
const attributesOfAll = ["id", "class", "dir", "lang", "title", "aria-label", "tabindex", "role"]
const classes = new Map<string, (string | RegExp)[]>([
  ["code", [/^language-/]],
  ["th", cellClasses],
  ["td", cellClasses],
])
const classesOfAll = ["table", "note", "notes"]
const start = /<([a-z][^\s/>]*)/gi

/**
 * `html` with only what an article may hold; see the lists above and below.
 * @param ids what the page has elsewhere; those of `html` are added
 */
export function sanitizeHtml(html: string, options: MarkdownOptions, ids: Set<string>): string {
  const prefix = options.idPrefix ?? ""
  const allowedAttributes: Record<string, string[]> = { "*": attributesOfAll }
  const allowedClasses: Record<string, (string | RegExp)[]> = { "*": classesOfAll }
  const transformTags: Transforms = {
    "*": (tagName, attribs) => ({ tagName, attribs: takeCommon(attribs, prefix, ids) }),
    h1: (_tagName, attribs) => ({ tagName: "h2", attribs }),
    a: (tagName, attribs) => ({ tagName, attribs: takeLink(attribs, options) }),
    td: takeCell,
    th: takeCell,
    img: (_tagName, attribs) => takePicture(attribs, options),
  }
  // Of the lists by element as much as these elements need: what is not listed loses its attributes.
  for (const name of namesOf(html)) {
    const own = attributes.get(name)
    if (own !== undefined) allowedAttributes[name] = own
    const ownClasses = classes.get(name)
    if (ownClasses !== undefined) allowedClasses[name] = ownClasses
  }
  // What is left open at the end is closed before its last line ends.
  const clean = sanitize(html.trimEnd(), { ...everywhere, allowedAttributes, allowedClasses, transformTags })
  const balanced = balanceHtml(cleanText(clean))
  return balanced === "" ? "" : `${balanced}\n`
}

/** Names of the elements that may begin in `html`; a picture of another site becomes a link. */
function namesOf(html: string): Set<string> {
  const names = new Set<string>()
  for (const found of html.matchAll(start)) names.add((found[1] ?? "").toLowerCase())
  if (names.has("img")) names.add("a")
  return names
}

type Attributes = Record<string, string>
type Transforms = Record<string, sanitize.Transformer>

/** `align`, which HTML has no more, as the class that the style sheet knows. */
function takeCell(tagName: string, { align, ...attribs }: Attributes): sanitize.Tag {
  const name = align === "right" ? "end" : align === "center" ? "center" : undefined
  return { tagName, attribs: name === undefined ? attribs : { ...attribs, class: name } }
}

const roles = new Set(["region", "note", "doc-noteref", "doc-backlink", "doc-endnotes"])

function takeCommon(attribs: Attributes, prefix: string, ids: Set<string>): Attributes {
  if (attribs.id === undefined && attribs.role === undefined && attribs.tabindex === undefined) return attribs
  const { id, role, tabindex, ...others } = attribs
  if (role !== undefined && roles.has(role)) others.role = role
  if (tabindex === "0") others.tabindex = tabindex
  const name = id === undefined ? "" : id.trim()
  if (name === "" || /\s/.test(name)) return others
  const unique = authorId(name, prefix)
  if (!ids.has(unique)) others.id = unique
  ids.add(unique)
  return others
}

function takeLink(attribs: Attributes, options: MarkdownOptions): Attributes {
  const { href, ...others } = attribs
  const address = href?.trim()
  if (address === undefined || !isSafe(address)) return others
  return { ...others, href: address.startsWith("#") ? localAddress(address, options.idPrefix ?? "") : address }
}

const noSize: Attributes = {}

function takePicture(attribs: Attributes, options: MarkdownOptions): sanitize.Tag {
  const { src = "", alt = "", title } = attribs
  const picture = findPicture(src.trim(), options.media)
  if (picture !== null) {
    const size = picture.width === null ? noSize : { width: String(picture.width), height: String(picture.height) }
    return { tagName: "img", attribs: { src: picture.src, alt, ...size, loading: "lazy", decoding: "async" } }
  }
  const address = safeAddress(src.trim())
  const place = placeOf(address, options.site)
  if (address === null || place === "nowhere") return { tagName: "span", attribs: {}, text: alt }
  if (place === "elsewhere") return { tagName: "a", attribs: { href: address }, text: alt || hostOf(address) }
  return { tagName: "img", attribs: { src: address, alt, ...(title === undefined ? {} : { title }) } }
}
