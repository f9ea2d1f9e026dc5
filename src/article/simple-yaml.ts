// Reads front matter whose texts are simple and on one line each, without the yaml package's parser, which is slow.
import { Pair, Scalar, YAMLMap, YAMLSeq } from "yaml"

const end = "(?: *\\r?\\n)"
/** On one line and without escapes. */
const quoted = `"[^"\\\\\\r\\n]*"|'[^'\\r\\n]*'`
/** What an unquoted text may begin with: not a space or an indicator (YAML 1.2.2, §5.3). */
const first = "[^\\s\\-?:,[\\]{}#&*!|>'\"%@`]"
const textWithout = (signs: string) => `(?:${quoted}|${first}(?: ?(?:[^\\s:#${signs}]|:(?=[^\\s${signs}])))*)`
/** A text in brackets. */
const item = textWithout(",[\\]{}")
const list = `\\[ *${item}(?: *, *${item})* *\\]`
// `(?! )` keeps a long gap from being tried at every length.
const entry = new RegExp(`([A-Za-z]\\w{0,39})(: +(?! ))(${textWithout("")}|${list})(?:${end}+| *$)`, "gy")
const items = new RegExp(item, "g")

/**
 * Reads front matter of entries like `key: text`, `key: "text"` and `key: [ text, text ]`.
 * @returns what the package's parser would return, or null if there is anything else in it: maps, comments, mistakes
 */
export function readSimpleYaml(source: string): YAMLMap.Parsed | null {
  const map = new YAMLMap()
  let read = 0
  for (const { 0: all, 1: key = "", 2: colon = "", 3: value = "", index } of source.matchAll(entry)) {
    map.items.push(new Pair(readText(key, index), readValue(value, index + key.length + colon.length)))
    read = index + all.length
  }
  return read > 0 && read === source.length ? (map as YAMLMap.Parsed) : null
}

function readValue(written: string, from: number): Scalar | YAMLSeq {
  if (!written.startsWith("[")) return readText(written, from)
  const node = Object.assign(new YAMLSeq<Scalar>(), { range: [from, from, from] })
  for (const found of written.matchAll(items)) node.items.push(readText(found[0], from + found.index))
  return node
}

function readText(written: string, from: number): Scalar {
  const quote = written.charAt(0)
  const isQuoted = quote === '"' || quote === "'"
  const node = new Scalar(isQuoted ? written.slice(1, -1) : written)
  node.type = quote === '"' ? "QUOTE_DOUBLE" : isQuoted ? "QUOTE_SINGLE" : "PLAIN"
  const to = from + written.length
  node.range = [from, to, to]
  return node
}
