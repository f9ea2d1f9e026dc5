// Raw HTML of an author's: an allow-list, then tags balanced as HTML's own rules want them. Loaded only when needed.
import sanitize from "sanitize-html"
import { balanceHtml } from "./balance.ts"
import type { MarkdownOptions } from "./inline.ts"
import { authorId, findPicture, isExternal, isRemote, localAddress, safeAddress } from "./links.ts"
import { cleanText } from "./references.ts"

const tags = (
  "h2 h3 h4 h5 h6 p ul ol li dl dt dd blockquote pre hr div section aside figure figcaption details summary " +
  "table caption colgroup col thead tbody tfoot tr th td a abbr b bdi bdo br cite code data del dfn em i img ins kbd " +
  "mark q rp rt ruby s samp small span strong sub sup time u var wbr"
).split(" ")

/** `html` with only what an article may hold; see the lists above and below. */
export function sanitizeHtml(html: string, options: MarkdownOptions): string {
  const prefix = options.idPrefix ?? ""
  const ids = new Set<string>()
  const clean = sanitize(html, {
    allowedTags: tags,
    nonTextTags: [
      "script",
      "style",
      "textarea",
      "option",
      "noscript",
      "title",
      "svg",
      "math",
      "iframe",
      "object",
      "embed",
      "template",
      "xmp",
      "noembed",
      "noframes",
      "plaintext",
      "select",
      "audio",
      "video",
      "canvas",
    ],
    allowedAttributes: {
      "*": ["id", "class", "dir", "lang", "title", "aria-label", "tabindex", "role"],
      a: ["href", "rel", "hreflang"],
      img: ["src", "alt", "width", "height", "loading", "decoding"],
      ol: ["start", "type", "reversed"],
      li: ["value"],
      th: ["scope", "align", "colspan", "rowspan"],
      td: ["align", "colspan", "rowspan"],
      col: ["span"],
      colgroup: ["span"],
      time: ["datetime"],
      del: ["datetime"],
      ins: ["datetime"],
      data: ["value"],
      details: ["open"],
    },
    allowedClasses: { "*": ["table", "note", "notes"], code: ["language-*"] },
    // Also the bound of what the balancing walks back through.
    nestingLimit: 100,
    allowedSchemes: ["http", "https", "mailto", "tel"],
    transformTags: {
      "*": (tagName, attribs) => ({ tagName, attribs: takeCommon(attribs, prefix, ids) }),
      h1: (_tagName, attribs) => ({ tagName: "h2", attribs }),
      a: (tagName, attribs) => ({ tagName, attribs: takeLink(attribs, options) }),
      img: (_tagName, attribs) => takePicture(attribs, options),
    },
  })
  return balanceHtml(cleanText(clean))
}

type Attributes = Record<string, string>

const roles = new Set(["region", "note", "doc-noteref", "doc-backlink", "doc-endnotes"])

function takeCommon(attribs: Attributes, prefix: string, ids: Set<string>): Attributes {
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
  const { href, rel: _rel, ...others } = attribs
  const address = href === undefined ? null : safeAddress(href.trim())
  if (address === null) return others
  const local = address.startsWith("#") ? localAddress(address, options.idPrefix ?? "") : address
  return { ...others, href: local, ...(isExternal(address, options.site) ? { rel: "noopener" } : {}) }
}

const noSize: Attributes = {}

function takePicture(attribs: Attributes, options: MarkdownOptions): sanitize.Tag {
  const { src = "", alt = "" } = attribs
  const picture = findPicture(src.trim(), options.media)
  if (picture !== null) {
    const size = picture.width === null ? noSize : { width: String(picture.width), height: String(picture.height) }
    return { tagName: "img", attribs: { src: picture.src, alt, ...size, loading: "lazy", decoding: "async" } }
  }
  const address = isRemote(src) ? safeAddress(src) : null
  if (address === null) return { tagName: "span", attribs: {}, text: alt }
  return {
    tagName: "a",
    attribs: { href: address, rel: "noopener" },
    text: alt || new URL(address, "https://x.invalid").host,
  }
}
