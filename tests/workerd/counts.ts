// Counts a text's headings, links and code blocks twice: in marked's output, and in the page that readers get.
import { Marked, Tokenizer } from "marked"
import { type DefaultTreeAdapterTypes, parse, parseFragment } from "parse5"

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

export interface Counts {
  headings: number
  links: number
  code: number
}

// Bare web addresses are links, up to an unpaired bracket or a backtick; email addresses are text.
const plain = new Marked(
  { gfm: true },
  {
    tokenizer: {
      url(at) {
        if (!/^(?:https?:|www\.)/i.test(at)) return undefined
        return Tokenizer.prototype.url.call(this, at.replace(/[\]`].*/s, ""))
      },
    },
  },
)
const safe = /^(?:https?:|mailto:|tel:|(?![a-z][a-z\d+.-]*:))/i
const remote = /^(?:https?:)?\/\//i

/** Headings, links and code blocks of a source. A picture on another site counts as the link that it becomes. */
export function countSource(source: string): Counts {
  const counts = { headings: 0, links: 0, code: 0 }
  count(parseFragment(plain.parse(source, { async: false })), counts, false)
  return counts
}

/** The same in a page's text, and the codes of all parse errors of the page. */
export function countPage(page: string): { counts: Counts; errors: string[] } {
  const errors: string[] = []
  const document = parse(page, { onParseError: ({ code }) => errors.push(code) })
  const counts = { headings: 0, links: 0, code: 0 }
  const body = findBody(document)
  if (body === null) throw new Error("the page has no text")
  count(body, counts, false)
  return { counts, errors }
}

function count(node: Node, counts: Counts, inLink: boolean): void {
  const attributes = "attrs" in node ? new Map(node.attrs.map(({ name, value }) => [name, value])) : new Map()
  const isLink = node.nodeName === "a" && safe.test((attributes.get("href") ?? "javascript:").trim())
  const becomesLink = node.nodeName === "img" && !inLink && remote.test((attributes.get("src") ?? "").trim())
  if (isLink || becomesLink) counts.links++
  if (/^h[1-6]$/.test(node.nodeName)) counts.headings++
  if (node.nodeName === "pre") counts.code++
  if ("childNodes" in node) for (const child of node.childNodes) count(child, counts, inLink || isLink)
}

function findBody(node: Node): Element | null {
  if ("attrs" in node && node.attrs.some(({ name, value }) => name === "class" && value.split(" ").includes("body")))
    return node
  if ("childNodes" in node)
    for (const child of node.childNodes) {
      const found = findBody(child)
      if (found !== null) return found
    }
  return null
}
