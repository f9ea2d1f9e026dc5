// A small strict parser for XML 1.0 without a document type. It throws if the text is not well-formed.

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[]
  text: string
}

const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const token = /<\?xml [^?]*\?>|<\/([\w:]+)\s*>|<([\w:]+)((?:\s+[\w:]+="[^<"]*")*)\s*(\/?)>|([^<]+)/y

export function parseXml(source: string): XmlElement {
  if (forbidden.test(source)) throw new Error("a character that XML cannot hold")
  const root: XmlElement = { name: "", attributes: {}, children: [], text: "" }
  const open = [root]
  token.lastIndex = 0
  while (token.lastIndex < source.length) {
    const at = token.lastIndex
    const found = token.exec(source)
    if (found === null) throw new Error(`not well-formed at ${at}: ${source.slice(at, at + 40)}`)
    const [, closing, opening, attributes = "", empty, text] = found
    const parent = open.at(-1) as XmlElement
    if (text !== undefined) {
      if (text.includes("]]>")) throw new Error("]]> in text")
      parent.text += decode(text)
    } else if (opening !== undefined) {
      const element: XmlElement = { name: opening, attributes: readAttributes(attributes), children: [], text: "" }
      parent.children.push(element)
      if (!empty) open.push(element)
    } else if (closing !== undefined && open.pop()?.name !== closing) throw new Error(`</${closing}> closes nothing`)
  }
  if (open.length > 1 || root.children.length !== 1) throw new Error("not one root")
  return root.children[0] as XmlElement
}

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, decode(value)])
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Error("an attribute twice")
  return Object.fromEntries(pairs)
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", "#39": "'" }

function decode(text: string): string {
  return text.replace(/&([^;]*;?)/g, (_, name: string) => {
    const value = name.endsWith(";") ? entities[name.slice(0, -1)] : undefined
    if (value === undefined) throw new Error(`&${name} is no reference`)
    return value
  })
}

export function childrenNamed(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? []
}
