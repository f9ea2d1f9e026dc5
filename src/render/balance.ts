// Tags nested as the HTML standard's tree construction (§13.2.6) wants them, so that a page parses as it was written.

// A start tag of these ends an open paragraph.
const endsParagraph = new Set(
  "aside blockquote details div dl dt dd figcaption figure h2 h3 h4 h5 h6 hr li ol p pre section summary table ul".split(
    " ",
  ),
)
const empty = new Set(["br", "col", "hr", "img", "wbr"])
const heading = /^h[2-6]$/
/** What a table's parts may stand in; the first is put around them when none of these is open. */
const parents: Readonly<Record<string, readonly string[]>> = {
  caption: ["table"],
  colgroup: ["table"],
  col: ["colgroup"],
  thead: ["table"],
  tbody: ["table"],
  tfoot: ["table"],
  tr: ["tbody", "thead", "tfoot"],
  td: ["tr"],
  th: ["tr"],
}
const tableParts = new Set(["table", "colgroup", "thead", "tbody", "tfoot", "tr"])
// Nothing outside of these is closed by what stands in them.
const walls = new Set(["table", "td", "th", "caption"])
const lists = new Set(["ul", "ol", "dl"])
const special = new Set([...endsParagraph, ...walls, "thead", "tbody", "tfoot", "tr"])

const tag = /<(\/?)([a-z][a-z\d]*)((?:\s[^>]*)?)>/g

/**
 * Balances the output of sanitize-html: its tags are lower-case, its attributes quoted, every `<` and `>` of a text or a
 * value is escaped. One pass.
 */
export function balanceHtml(html: string): string {
  const open: string[] = []
  let out = ""
  let from = 0

  const close = (): void => {
    out += `</${open.pop()}>`
  }
  const closeThrough = (position: number): void => {
    while (open.length > position) close()
  }
  // The innermost of the names that is open, not looking beyond the names of `within`.
  const find = (names: (name: string) => boolean, within: (name: string) => boolean): number => {
    for (let position = open.length - 1; position >= 0; position--) {
      const name = open[position] as string
      if (names(name)) return position
      if (within(name)) return -1
    }
    return -1
  }
  const start = (name: string, attributes = ""): void => {
    out += `<${name}${attributes}>`
    open.push(name)
  }
  const inCell = (): void => {
    const parent = open.at(-1) ?? ""
    if (!tableParts.has(parent)) return
    if (parent === "colgroup") {
      close()
      start("tbody")
    } else if (parent === "table") start("tbody")
    if (open.at(-1) !== "tr") start("tr")
    start("td")
  }

  const openPart = (name: string, attributes: string): void => {
    const wanted = parents[name] as readonly string[]
    const table = find(
      (one) => one === "table",
      () => false,
    )
    if (table === -1) return
    let position = find(
      (one) => wanted.includes(one),
      (one) => one === "table",
    )
    if (position === -1) {
      const parent = wanted[0] as string
      if (parent === "table") position = table
      else {
        openPart(parent, "")
        position = open.length - 1
      }
    }
    closeThrough(position + 1)
    if (empty.has(name)) out += `<${name}${attributes}>`
    else start(name, attributes)
  }

  const openTag = (name: string, attributes: string): void => {
    if (Object.hasOwn(parents, name)) {
      openPart(name, attributes)
      return
    }
    inCell()
    if (endsParagraph.has(name)) {
      const paragraph = find(
        (one) => one === "p",
        (one) => walls.has(one),
      )
      if (paragraph !== -1) closeThrough(paragraph)
    }
    if (heading.test(name)) {
      const outer = find(
        (one) => heading.test(one),
        (one) => special.has(one),
      )
      if (outer !== -1) closeThrough(outer)
    }
    if (name === "li" || name === "dt" || name === "dd") {
      const same = (one: string): boolean => (name === "li" ? one === "li" : one === "dt" || one === "dd")
      const item = find(same, (one) => lists.has(one) || walls.has(one))
      if (item !== -1) closeThrough(item)
    }
    if (name === "rt" || name === "rp") {
      const ruby = find(
        (one) => one === "ruby",
        (one) => walls.has(one),
      )
      if (ruby !== -1) closeThrough(ruby + 1)
    }
    if (name === "a") {
      const link = find(
        (one) => one === "a",
        (one) => walls.has(one),
      )
      if (link !== -1) closeThrough(link)
    }
    if (empty.has(name)) out += `<${name}${attributes}>`
    else start(name, attributes)
  }

  const closeTag = (name: string): void => {
    if (empty.has(name)) return
    const position = find(
      (one) => one === name,
      (one) => walls.has(one) && !Object.hasOwn(parents, name) && name !== "table",
    )
    if (position !== -1) closeThrough(position)
  }

  const text = (end: number): void => {
    if (end === from) return
    const words = html.slice(from, end)
    if (words.trim() !== "") inCell()
    out += words
  }

  for (const found of html.matchAll(tag)) {
    text(found.index)
    from = found.index + found[0].length
    const name = found[2] as string
    if (found[1] === "/") closeTag(name)
    else openTag(name, (found[3] ?? "").replace(/\s*\/$/, ""))
  }
  text(html.length)
  closeThrough(0)
  return out
}
