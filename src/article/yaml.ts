// YAML as data: texts, lists and maps, with the place of each; nothing that executes, expands, merges or inherits.
import { Composer, CST, isMap, isScalar, isSeq, Lexer, type Node, type Pair, Parser } from "yaml"
import { forbidden, readOneLineYaml, readScalar } from "./one-line-yaml.ts"
import { type Mistake, quote } from "./report.ts"

export { editDistance } from "./nearest.ts"

export interface YamlMap {
  readonly value: Record<string, unknown>
  /** Where the value at a path stands; when there is none, where its nearest parent's key does. */
  offsetOf(path: readonly (string | number)[]): number
  /** Where the key at a path stands. */
  offsetOfKey(path: readonly (string | number)[]): number
}

interface Place {
  readonly key: number
  readonly value: number
}

/** The parser's stack for the deepest that front matter has: corrections, a list of maps of texts. */
const deepest = 10
const mostMistakes = 20

/**
 * Reads front matter as `parseYaml` does, and without a parser where each value is on its line: that takes a thirtieth of
 * the time. Places are looked for only when one is asked for.
 */
export function readYaml(source: string): { map: YamlMap | null; mistakes: Mistake[] } {
  const value = readOneLineYaml(source)
  if (value === null) return parseYaml(source)
  let parsed: YamlMap | null = null
  const places = () => {
    parsed ??= parseYaml(source).map
    return parsed
  }
  const map: YamlMap = {
    value,
    offsetOf: (path) => places()?.offsetOf(path) ?? 0,
    offsetOfKey: (path) => places()?.offsetOfKey(path) ?? 0,
  }
  return { map, mistakes: [] }
}

/**
 * Reads front matter with the YAML parser: every scalar is the text as written (`title: 2024` is "2024"), but for empty and null values and
 * for `map: true`. Aliases, anchors, tags and directives are refused before anything is composed of them.
 */
export function parseYaml(source: string): { map: YamlMap | null; mistakes: Mistake[] } {
  const { tokens, mistakes } = readTokens(source)
  if (tokens === null) return { map: null, mistakes }
  // uniqueKeys compares each key with each other; `convert` finds duplicates with a set.
  const options = {
    schema: "failsafe",
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: "silent",
  } as const
  const [document] = new Composer(options).compose(tokens, true, source.length)
  for (const error of [...(document?.errors ?? []), ...(document?.warnings ?? [])].slice(0, mostMistakes))
    mistakes.push(explainError(error.pos[0], error.code, error.message, source))
  if (mistakes.length > 0) return { map: null, mistakes }
  const root = document?.contents as Node | null | undefined
  if (!isMap(root)) {
    const message = root ? "front matter is no list of keys" : "front matter is empty"
    return {
      map: null,
      mistakes: [{ offset: 0, field: "file", message, fix: "write title, summary and date, each `key: value`" }],
    }
  }
  const places = new Map<string, Place>()
  const value = convert(root, [], { mistakes, places }) as Record<string, unknown>
  return { map: { value, ...createFinders(places) }, mistakes }
}

const whatIs: Partial<Record<string, string>> = {
  alias: "alias",
  anchor: "anchor",
  tag: "tag",
  "directive-line": "directive",
}

/** The tokens of the concrete syntax; null when there is something in them that front matter may not have. */
function readTokens(source: string): { tokens: CST.Token[] | null; mistakes: Mistake[] } {
  const mistakes: Mistake[] = []
  const tokens: CST.Token[] = []
  const parser = new Parser()
  let isText = false
  for (const lexeme of new Lexer().lex(source)) {
    const what = isText ? undefined : whatIs[CST.tokenType(lexeme) ?? ""]
    if (what !== undefined && mistakes.length < mostMistakes)
      mistakes.push({
        offset: parser.offset,
        field: keyAt(source, parser.offset),
        message: `${quote(lexeme)} is a YAML ${what}, which is not allowed`,
        fix: "write the value out; a text that begins with a sign stands in quotes",
      })
    isText = lexeme === CST.SCALAR
    for (const token of parser.next(lexeme)) tokens.push(token)
    if (parser.stack.length > deepest) {
      const message = "is nested too deeply"
      mistakes.push({ offset: parser.offset, field: "file", message, fix: "the deepest is a list of { key: value }" })
      return { tokens: null, mistakes }
    }
  }
  for (const token of parser.end()) tokens.push(token)
  return { tokens: mistakes.length > 0 ? null : tokens, mistakes }
}

interface Finding {
  readonly mistakes: Mistake[]
  readonly places: Map<string, Place>
}

function convert(node: Node | null, path: readonly (string | number)[], finding: Finding): unknown {
  if (node === null) return null
  if (isScalar(node)) return readScalar(String(node.value ?? ""), node.type === "PLAIN", path)
  if (isSeq(node)) return (node.items as Node[]).map((item, index) => convertItem(item, [...path, index], finding))
  const value: Record<string, unknown> = Object.create(null)
  if (!isMap(node)) return value
  for (const pair of node.items as Pair<Node | null, Node | null>[]) convertPair(pair, value, path, finding)
  return value
}

function convertItem(item: Node, path: readonly (string | number)[], finding: Finding): unknown {
  const offset = item.range?.[0] ?? 0
  finding.places.set(path.join("\n"), { key: offset, value: offset })
  return convert(item, path, finding)
}

function convertPair(
  pair: Pair<Node | null, Node | null>,
  into: Record<string, unknown>,
  path: readonly (string | number)[],
  { mistakes, places }: Finding,
): void {
  const offset = pair.key?.range?.[0] ?? pair.value?.range?.[0] ?? 0
  const key = isScalar(pair.key) ? String(pair.key.value ?? "") : ""
  const inside = [...path, key]
  const refuse = (message: string, fix: string) => {
    if (mistakes.length < mostMistakes) mistakes.push({ offset, field: nameField(inside), message, fix })
  }
  if (key === "") refuse("has a key that is no word", "write `key: value`")
  else if (forbidden.has(key)) refuse(`the key \`${key}\` is not allowed`, "remove it")
  else if (Object.hasOwn(into, key)) refuse("is there twice", "keep one of the two")
  else {
    places.set(inside.join("\n"), { key: offset, value: pair.value?.range?.[0] ?? offset })
    into[key] = convert(pair.value, inside, { mistakes, places })
  }
}

function createFinders(places: ReadonlyMap<string, Place>): Pick<YamlMap, "offsetOf" | "offsetOfKey"> {
  const find = (path: readonly (string | number)[]): { place: Place; exact: boolean } | null => {
    for (let length = path.length; length > 0; length--) {
      const place = places.get(path.slice(0, length).join("\n"))
      if (place !== undefined) return { place, exact: length === path.length }
    }
    return null
  }
  return {
    offsetOf(path) {
      const found = find(path)
      return (found?.exact ? found.place.value : found?.place.key) ?? 0
    },
    offsetOfKey: (path) => find(path)?.place.key ?? 0,
  }
}

/** A field's name in a problem: `image.alt`, `corrections.date`. */
export function nameField(path: readonly (string | number)[]): string {
  return path.filter((part) => typeof part === "string" && /^[\w<-]{1,40}$/.test(part)).join(".") || "file"
}

/** The key whose line, or indented lines below it, an offset is in; for mistakes of the syntax. */
function keyAt(source: string, offset: number): string {
  let end = source.indexOf("\n", offset)
  if (end === -1) end = source.length
  for (let lines = 0; lines < 50; lines++) {
    const start = end === 0 ? 0 : source.lastIndexOf("\n", end - 1) + 1
    const key = /^[A-Za-z][\w-]{0,39}(?=[ \t]*:)/.exec(source.slice(start, Math.min(end, start + 60)))
    if (key !== null) return key[0]
    if (start === 0) break
    end = start - 1
  }
  return "file"
}

function explainError(offset: number, code: string, message: string, source: string): Mistake {
  const what = message.split("\n")[0]?.replace(/ at line \d+.*$/, "")
  return { offset, field: keyAt(source, offset), message: `YAML cannot be read: ${what}`, fix: mendOf(code) }
}

function mendOf(code: string): string {
  if (code === "TAB_AS_INDENT") return "indent with spaces, not tabs"
  if (code === "MISSING_CHAR")
    return "close the quote or the bracket, and put a text that holds quotes into other quotes"
  if (code === "MULTIPLE_DOCS") return "keep one `---` block"
  return "put a text that holds `: ` or ` #`, or begins with a sign, into quotes"
}
