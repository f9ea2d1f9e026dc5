// Reads front matter whose texts are simple and on one line each, without the yaml package's parser, which is slow.
import { Pair, type ParsedNode, Scalar, YAMLMap, YAMLSeq } from "yaml"

const end = "(?: *\\r?\\n)"
const key = "[A-Za-z]\\w{0,39}"
/** On one line and without escapes. */
const quoted = `"[^"\\\\\\r\\n]*"|'[^'\\r\\n]*'`
/** What an unquoted text may begin with: not a space or an indicator (YAML 1.2.2, §5.3). */
const first = "[^\\s\\-?:,[\\]{}#&*!|>'\"%@`]"
const textWithout = (signs: string) => `(?:${quoted}|${first}(?: ?(?:[^\\s:#${signs}]|:(?=[^\\s${signs}])))*)`
const text = textWithout("")
/** A text in brackets or braces. */
const item = textWithout(",[\\]{}")
const several = (one: string) => ` *${one}(?: *, *${one})* *`
const flow = `\\[${several(item)}\\]|\\{${several(`${key}: +${item}`)}\\}`
const block = `(?:${end}+  ${key}: +${text})+`
// `(?! )` keeps a long gap from being tried at every length.
const entry = new RegExp(`(${key})(:(?=[ \\r\\n]) *(?! ))(${text}|${flow}|${block})(?:${end}+| *$)`, "gy")
const items = new RegExp(item, "g")
const flowPairs = new RegExp(`(${key})(: +)(${item})`, "g")
const blockPairs = new RegExp(`(${key})(: +)(${text})`, "g")

/**
 * Reads front matter of entries like `key: text`, `key: "text"`, `key: [ text, text ]` and `key: { key: text }`, or `key:`
 * followed by lines like `  key: text`.
 * @returns what the package's parser would return, or null if there is anything else in it: comments, escapes, mistakes
 */
export function readSimpleYaml(source: string): YAMLMap.Parsed | null {
  const map = new YAMLMap()
  let read = 0
  for (const found of source.matchAll(entry)) {
    map.items.push(readPair(found, 0))
    read = found.index + found[0].length
  }
  return read > 0 && read === source.length ? (map as YAMLMap.Parsed) : null
}

function readPair({ 1: name = "", 2: colon = "", 3: value = "", index }: RegExpExecArray, from: number) {
  const at = from + index
  return new Pair(readText(name, at), readValue(value, at + name.length + colon.length))
}

function readValue(written: string, from: number): ParsedNode {
  if (written.startsWith("[")) {
    const list = new YAMLSeq()
    for (const found of written.matchAll(items)) list.items.push(readText(found[0], from + found.index))
    return Object.assign(list as YAMLSeq.Parsed, { range: [from, from, from] })
  }
  const isFlow = written.startsWith("{")
  if (!isFlow && !/^\s/.test(written)) return readText(written, from)
  const map = new YAMLMap()
  for (const found of written.matchAll(isFlow ? flowPairs : blockPairs)) map.items.push(readPair(found, from))
  const start = from + written.search(/\S/)
  return Object.assign(map as YAMLMap.Parsed, { range: [start, start, start] })
}

function readText(written: string, from: number): Scalar.Parsed {
  const quote = written.charAt(0)
  const isQuoted = quote === '"' || quote === "'"
  const node = new Scalar(isQuoted ? written.slice(1, -1) : written) as Scalar.Parsed
  node.type = quote === '"' ? "QUOTE_DOUBLE" : isQuoted ? "QUOTE_SINGLE" : "PLAIN"
  const to = from + written.length
  node.range = [from, to, to]
  return node
}
