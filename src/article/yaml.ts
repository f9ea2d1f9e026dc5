// YAML as data: texts, lists and maps, and where each is written. Nothing that executes, expands, merges or inherits.
import { Composer, CST, isMap, isScalar, isSeq, Lexer, type ParsedNode, Parser, type Scalar } from "yaml"
import { type Mistake, quote } from "./mistakes.ts"

export type Path = readonly (string | number)[]

/** Offsets of a key (of a list's item: the item) and its value. */
interface Place {
  readonly key: number
  readonly value: number
}

export interface YamlMap {
  readonly value: Record<string, unknown>
  /** Where the value at a path is written; where there is none, its nearest parent's key. */
  find(path: Path): Place
}

/** The depth of the parser's stack for the deepest front matter: corrections, a list of maps of texts. */
const deepest = 10
const mostMistakes = 20
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype", "<<"])
const fileMistake = { offset: 0, field: "file" }

/**
 * Reads front matter. Every scalar is the text as written (`title: 2024` is "2024"), except for empty and null values and
 * `map: true`. Aliases, anchors, tags and directives are refused before anything is composed of them.
 */
export function readYaml(source: string): { map: YamlMap | null; mistakes: Mistake[] } {
  const { tokens, mistakes } = readTokens(source)
  if (mistakes.length > 0) return { map: null, mistakes }
  // uniqueKeys would compare each key with every other one.
  const options = { schema: "failsafe", uniqueKeys: false, prettyErrors: false, logLevel: "silent" } as const
  const [document] = new Composer(options).compose(tokens, true, source.length)
  for (const { pos, code, message } of document?.errors.slice(0, mostMistakes) ?? [])
    mistakes.push({
      offset: pos[0],
      field: keyAt(source, pos[0]),
      message: `YAML cannot be read: ${message.split("\n", 1)[0]?.replace(/ at line \d+.*$/, "")}`,
      fix: syntaxFixes[code] ?? "put a text that holds `: ` or ` #`, or begins with a symbol, in quotes",
    })
  if (mistakes.length > 0) return { map: null, mistakes }
  const root = document?.contents
  if (!isMap(root)) {
    const message = root ? "front matter is not a list of keys" : "front matter is empty"
    const fix = "write title, summary and date, each as `key: value`"
    return { map: null, mistakes: [{ ...fileMistake, message, fix }] }
  }
  const places = new Map<string, Place>()
  const value = convert(root as ParsedNode, [], places, mistakes) as Record<string, unknown>
  const find = (path: Path): Place => {
    const found = places.get(path.join("\n"))
    if (found !== undefined || path.length === 0) return found ?? { key: 0, value: 0 }
    const { key } = find(path.slice(0, -1))
    return { key, value: key }
  }
  return { map: { value, find }, mistakes }
}

const syntaxFixes: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "indent with spaces, not tabs",
  MISSING_CHAR: "close the quote or bracket, and put a text that holds quotes in quotes of the other kind",
}

const refused: Partial<Record<string, string>> = {
  alias: "alias",
  anchor: "anchor",
  tag: "tag",
  "directive-line": "directive",
  "doc-start": "document marker",
  "doc-end": "document marker",
}

/** The tokens of the concrete syntax, or what front matter may not have. Stops where it nests too deeply: that takes long. */
function readTokens(source: string): { tokens: CST.Token[]; mistakes: Mistake[] } {
  const mistakes: Mistake[] = []
  const tokens: CST.Token[] = []
  const parser = new Parser()
  let isText = false
  for (const lexeme of new Lexer().lex(source)) {
    const { offset } = parser
    const what = isText ? undefined : refused[CST.tokenType(lexeme) ?? ""]
    if (what !== undefined && mistakes.length < mostMistakes)
      mistakes.push({
        offset,
        field: keyAt(source, offset),
        message: `${quote(lexeme)} is a YAML ${what}, which is not allowed`,
        fix: "write the value itself; put a text that begins with a symbol in quotes",
      })
    isText = lexeme === CST.SCALAR
    tokens.push(...parser.next(lexeme))
    if (parser.stack.length > deepest) {
      const fix = "the deepest structure is a list of { key: value }"
      return { tokens, mistakes: [...mistakes, { offset, field: "file", message: "is nested too deeply", fix }] }
    }
  }
  tokens.push(...parser.end())
  return { tokens, mistakes }
}

function convert(node: ParsedNode | null, path: Path, places: Map<string, Place>, mistakes: Mistake[]): unknown {
  if (isScalar(node)) return convertScalar(node, path)
  if (isSeq(node))
    return node.items.map((item, index) => {
      const inside = [...path, index]
      const offset = (item as ParsedNode).range[0]
      places.set(inside.join("\n"), { key: offset, value: offset })
      return convert(item as ParsedNode, inside, places, mistakes)
    })
  if (!isMap(node)) return null
  const map: Record<string, unknown> = Object.create(null)
  for (const pair of node.items) {
    const [key, value] = [pair.key, pair.value] as [ParsedNode | null, ParsedNode | null]
    const name = isScalar(key) ? String(key.value) : ""
    const inside = [...path, name]
    const offset = key?.range[0] ?? value?.range[0] ?? 0
    const refusal = refuseKey(name, map)
    if (refusal === null) {
      places.set(inside.join("\n"), { key: offset, value: value?.range[0] ?? offset })
      map[name] = convert(value, inside, places, mistakes)
    } else if (mistakes.length < mostMistakes) mistakes.push({ offset, field: nameField(inside), ...refusal })
  }
  return map
}

function refuseKey(key: string, map: Record<string, unknown>): { message: string; fix: string } | null {
  if (key === "") return { message: "has a key that is not a word", fix: "write `key: value`" }
  if (forbiddenKeys.has(key)) return { message: `the key \`${key}\` is not allowed`, fix: "remove it" }
  return Object.hasOwn(map, key) ? { message: "is listed twice", fix: "keep one of the two" } : null
}

const flags = new Set(["lead", "map"])

/** The failsafe schema knows texts only: `map: true` and an empty value get their meaning here. */
function convertScalar({ value, type }: Scalar, path: Path): unknown {
  // The last line break of a block is YAML's, not the author's.
  if (type !== "PLAIN") return type?.startsWith("BLOCK") ? String(value).trimEnd() : value
  if (/^(?:|~|null|Null|NULL)$/.test(String(value))) return null
  return flags.has(path.join()) && (value === "true" || value === "false") ? value === "true" : value
}

/** A field's name in a problem: `image.alt`, `corrections.date`. */
export function nameField(path: Path): string {
  return path.filter((part) => typeof part === "string" && /^[\w<-]{1,40}$/.test(part)).join(".") || "file"
}

/** The last key that begins a line at or before an offset's: for mistakes of the syntax. */
function keyAt(source: string, offset: number): string {
  const end = source.indexOf("\n", offset)
  const before = end === -1 ? source : source.slice(0, end)
  return [...before.matchAll(/^([A-Za-z][\w-]{0,39})[ \t]*:/gm)].at(-1)?.[1] ?? "file"
}
