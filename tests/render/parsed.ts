// Parses HTML as a browser would, for tests of everything that renders.
import { type DefaultTreeAdapterTypes, parse, parseFragment, serialize } from "parse5"

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

/** Codes of the parse errors of a page that contains the HTML in a `<div>`. */
export function parseErrors(html: string): string[] {
  const errors: string[] = []
  const page = `<!DOCTYPE html><html><head><title>x</title></head><body><div>${html}</div></body></html>`
  parse(page, { onParseError: (error) => errors.push(error.code) })
  return errors
}

/** Every element of the HTML, in document order. */
export function elementsOf(html: string): { name: string; attributes: Record<string, string> }[] {
  const found: { name: string; attributes: Record<string, string> }[] = []
  const walk = (node: Node): void => {
    if ("attrs" in node) {
      found.push({
        name: node.nodeName,
        attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])),
      })
    }
    if ("childNodes" in node) for (const child of node.childNodes) walk(child)
  }
  walk(parseFragment(html))
  return found
}

const forbidden = new Set(
  "script iframe frame object embed applet svg math form input button textarea select style link meta base template audio video noscript".split(
    " ",
  ),
)

/** The parts of the HTML that could run, load from elsewhere or shadow a page's names; empty if there are none. */
export function dangersOf(html: string): string[] {
  const dangers: string[] = []
  const ids = new Set<string>()
  for (const { name, attributes } of elementsOf(html)) {
    if (forbidden.has(name)) dangers.push(`<${name}>`)
    for (const [attribute, value] of Object.entries(attributes)) {
      if (/^(?:on.*|style|srcdoc|srcset|formaction|action|name|xlink.*|ping|background)$/.test(attribute)) {
        dangers.push(attribute)
      }
      // Browsers drop control characters and spaces from addresses before they read the scheme.
      const address = [...value].filter((character) => character > " ").join("")
      if (attribute === "href" && /^(?!https?:|mailto:|tel:)[a-z][a-z\d+.-]*:/i.test(address)) dangers.push(value)
      // Another origin, by a scheme, `//` or what browsers treat as `//`.
      if (attribute === "src" && /^(?:[a-z][a-z\d+.-]*:|[\\/]{2})/i.test(address)) dangers.push(value)
      if (attribute === "id" && (ids.has(value) || !/^(?:h|fn)-/.test(value))) dangers.push(`id ${value}`)
      if (attribute === "id") ids.add(value)
    }
  }
  return dangers
}

const blocks = new Set(
  "#document-fragment address article aside blockquote details dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul".split(
    " ",
  ),
)

/** The HTML without what makes no difference: attribute order, white space at the edges of blocks, an address's spelling. */
export function normaliseHtml(html: string): string {
  const fragment = parseFragment(html.trim())
  tidy(fragment, false)
  return serialize(fragment)
}

/** A browser requests the same for `ö` and `%C3%B6`. */
function respell(address: string): string {
  try {
    return encodeURI(decodeURI(address))
  } catch {
    return address
  }
}

function tidy(node: DefaultTreeAdapterTypes.ParentNode, inPre: boolean): void {
  if ("attrs" in node) {
    node.attrs.sort((one, other) => (one.name < other.name ? -1 : 1))
    for (const attribute of node.attrs)
      if (/^(?:href|src)$/.test(attribute.name)) attribute.value = respell(attribute.value)
  }
  const { childNodes } = node
  const isEdge = (position: number): boolean => {
    const neighbour = childNodes[position]
    return blocks.has(neighbour === undefined ? node.nodeName : neighbour.nodeName)
  }
  node.childNodes = childNodes.filter((child, position) => {
    if (child.nodeName === "#text" && !inPre) {
      const text = child as DefaultTreeAdapterTypes.TextNode
      text.value = text.value.replace(/[ \t\n]+/g, " ")
      if (isEdge(position - 1) || childNodes[position - 1]?.nodeName === "br") text.value = text.value.trimStart()
      if (isEdge(position + 1)) text.value = text.value.trimEnd()
      return text.value !== ""
    }
    if ("childNodes" in child) tidy(child as Element, inPre || child.nodeName === "pre")
    return true
  })
}
