// Reads YAML as plain data: strings, lists and maps, with their offsets. Tags, anchors, aliases and merges are refused.
import { Composer, isMap, isScalar, isSeq, Lexer, type ParsedNode, Parser, type Scalar } from "yaml"
import { type Mistake, mostMistakes, quote, type Refusal } from "./mistakes.ts"
import { readSimpleYaml } from "./simple-yaml.ts"

export type Path = readonly (string | number)[]

export interface YamlMap {
  readonly value: Record<string, unknown>
  /** Offsets of the key and value at a path (for a list item, both are the item's), or of the nearest parent's key. */
  find(path: Path): { readonly key: number; readonly value: number }
  /** Every string with its path and offsets, and the comment that follows it if it is unquoted, without the `#`. */
  readonly texts: readonly Readonly<{ path: Path; text: string; from: number; to: number; comment: string }>[]
}

/** The parser's stack depth for the deepest valid front matter: corrections, which are a list of maps of strings. */
const deepest = 10
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype", "<<"])
const partStart = /^(?=["'\w<?{]|--- )/m

/**
 * Reads front matter. Every scalar is a string (`title: 2024` is "2024"), except empty and null values and the booleans
 * `lead` and `map`. Aliases, anchors, tags and directives are refused before anything is composed. A part that cannot
 * be read is left out of the map, and does not hide mistakes in the others.
 * @param readSimple reads ordinary front matter without the parser; a test compares the two
 */
export function readYaml(written: string, readSimple = readSimpleYaml): { map: YamlMap; mistakes: Mistake[] } {
  const plain = straightenSpaces(written)
  const simple = readSimple(plain)
  if (simple !== null) return readMap(simple, [])
  const first = compose(plain)
  if (first.mistake === null) return readMap(first.root, [])
  const mistakes: Mistake[] = []
  /** Offsets in `source` of the spaces added below. */
  const added: number[] = []
  const source = plain
    .replace(unindented, (quoted) => (laterKey.test(quoted) ? quoted : quoted.replace(/[\r\n]/g, " ")))
    .replace(wideColon, (all, before: string, key: string, index: number) => {
      if (mistakes.length >= mostMistakes) return all
      const offset = index + before.length + key.length
      const message = `there is a full-width colon after \`${key}\``
      mistakes.push({ offset, field: key, message, fix: "use `:` and a space" })
      added.push(offset + added.length)
      return `${before}${key}: `
    })
  const placeOf: PlaceOf = (offset) => offset - added.filter((at) => at < offset).length
  const whole = source === plain ? first : compose(source)
  if (whole.mistake === null) return readMap(whole.root, mistakes, placeOf)
  let readable = ""
  for (const part of source.split(partStart)) {
    if (mistakes.length >= mostMistakes) return readMap(null, mistakes)
    const { mistake } = /^[ \t]*[^\s#]/m.test(part) ? compose(part) : { mistake: null }
    // The parser notices an unclosed quote or bracket only at the end of the part, on a later line.
    const offset = readable.length + Math.min(mistake?.offset ?? 0, part.trimEnd().length)
    if (mistake !== null) mistakes.push({ ...mistake, offset: placeOf(offset) })
    readable += mistake === null ? part : part.replace(/[^\n]/g, " ")
  }
  const rest = compose(readable)
  if (mistakes.length === 0 || (rest.mistake !== null && readable.trim() !== ""))
    mistakes.push({ ...whole.mistake, offset: placeOf(whole.mistake.offset) })
  return readMap(rest.mistake === null ? rest.root : null, mistakes, placeOf)
}

/** Converts an offset in the text as parsed to one in the text as written. */
type PlaceOf = (offset: number) => number

/** Where YAML requires plain spaces: at both ends of a line, after a dash, around a key's colon. */
const structure = /^\s*(?:-[^\S\r\n]+)*(?:["']?[\w-]+["']?[^\S\r\n]*:[^\S\r\n]+)?|(?<![^\S\r\n])[^\S\r\n]+$/gm
/** A line whose value is in brackets, and where its spaces belong to YAML. */
const flowLine = /^[ \t]*(?:- +)*(?:["']?[\w-]+["']? *: +)?[{[].*/gm
const flowStructure = /[{[,]\s*(?:["']?[\w-]+["']?\s*:\s+)?|(?<!\s)\s+(?=[}\],])/g
/** No-break and other spaces from keyboards and word processors. Each is one code unit, so offsets do not change. */
const oddSpace = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g

/** Replaces odd spaces in front matter with plain ones where they are part of YAML's syntax, not of a text. */
export function straightenSpaces(written: string): string {
  if (written.search(oddSpace) === -1) return written
  const straighten = (part: string) => part.replace(oddSpace, " ")
  const plain = written
    .replace(structure, straighten)
    .replace(flowLine, (line) => line.replace(flowStructure, straighten))
  let straight = ""
  let isText = false
  for (const lexeme of new Lexer().lex(plain)) {
    const at = straight.length
    // A text stays as written, except for the indents of its lines.
    if (isText || /^["']/.test(lexeme))
      straight += lexeme.replace(/\S.*/g, (text, from: number) => written.substr(at + from, text.length))
    else if (!marks.includes(lexeme)) straight += lexeme
    isText = !isText && lexeme === scalar
  }
  return straight
}

// Marks that the lexer inserts: CST.SCALAR (before each scalar), CST.DOCUMENT and CST.FLOW_END. Importing yaml's CST
// would add its editing functions to the bundle.
const scalar = "\u001f"
const marks: readonly string[] = [scalar, "\u0002", "\u0018"]

/** A quoted text, perhaps with later lines that are not indented, which Jekyll accepts. */
const unindented =
  /^[ \t]*(?:-[ \t]+)?(?:[\w-]+:[ \t]+)?(?:"(?:[^"\\]|\\[\s\S])*"|'(?:[^']|'')*')(?=[ \t]*(?:#.*)?\r?$)/gm
const laterKey = /\n[a-zA-Z]+:(?:\s|$)/
/** A full-width colon, as on Chinese and Japanese keyboards, after a key. */
const wideColon = /^((?:[ \t]*-)?[ \t]*)([a-zA-Z]+)[：︰﹕]/gm

/** The YAML features that are refused, by lexeme or by the lexeme's first character. */
const refused: Partial<Record<string, string>> = {
  "*": "alias",
  "&": "anchor",
  "!": "tag",
  "%": "directive",
  "---": "document marker",
  "...": "document marker",
}

/** The root node of a text, or its first mistake. Stops at nesting that is too deep to parse quickly. */
function compose(source: string): { root: ParsedNode | null; mistake: Mistake | null } {
  const key = /^["']?([A-Za-z][\w-]{0,39})/.exec(source)?.[1] ?? "file"
  const refuse = (offset: number, message: string, fix: string) => ({
    root: null,
    mistake: { offset, field: key, message, fix },
  })
  const tokens = []
  const parser = new Parser()
  let isText = false
  for (const lexeme of new Lexer().lex(source)) {
    const what = isText ? undefined : (refused[lexeme] ?? refused[lexeme.charAt(0)])
    const fix = "write the value itself; if it begins with a symbol, put it in quotes"
    if (what !== undefined)
      return refuse(parser.offset, `${quote(lexeme)} is a YAML ${what}, which is not allowed`, fix)
    isText = lexeme === scalar
    tokens.push(...parser.next(lexeme))
    if (parser.stack.length > deepest)
      return refuse(parser.offset, "is nested too deeply", "the deepest structure is a list of { key: value }")
  }
  tokens.push(...parser.end())
  // `uniqueKeys` compares every pair of keys, which is quadratic.
  const options = { schema: "failsafe", uniqueKeys: false, prettyErrors: false, logLevel: "silent" } as const
  const [document] = new Composer(options).compose(tokens, true, source.length)
  const [error] = document?.errors ?? []
  const root = (document?.contents ?? null) as ParsedNode | null
  if (error !== undefined) return refuse(error.pos[0], ...explainSyntax(error.code, error.message))
  if (isMap(root)) return { root, mistake: null }
  if (root === null) return refuse(0, "front matter is empty", "write title, summary and date, each as `key: value`")
  const line = /^[^\n\r]*/.exec(source.trimStart())?.[0] ?? ""
  return refuse(
    0,
    `front matter is not a list of keys: ${quote(line)}`,
    "write `key: value`, with a space after the colon",
  )
}

const causes: Partial<Record<string, readonly [string, string]>> = {
  BLOCK_AS_IMPLICIT_KEY: ["the text contains a colon followed by a space", "put the whole text in quotes"],
  TAB_AS_INDENT: ["tabs are not allowed as indentation", "indent with spaces"],
  MISSING_CHAR: [
    "a quote or bracket is not closed",
    "close it; if the text contains quotes, put it in the other kind of quotes",
  ],
  BAD_INDENT: ["a bracket is not closed, or its lines are not indented", "close the bracket, and indent its lines"],
  UNEXPECTED_TOKEN: [
    "there is something after the end of the value",
    "put the whole text in quotes; if it contains quotes, use the other kind",
  ],
  BAD_SCALAR_START: [
    "the text begins with a symbol that has a special meaning in YAML",
    "put the whole text in quotes",
  ],
  BAD_DQ_ESCAPE: ["a `\\` begins an unknown escape sequence", "write `\\\\` for a backslash, or use single quotes"],
}

function explainSyntax(code: string, message: string): [string, string] {
  const first = message.split("\n", 1)[0]?.replace(/ at line \d+.*$/, "") ?? ""
  const [what, fix] = causes[code] ?? [
    first,
    "if a text contains `: ` or ` #`, or begins with a symbol, put it in quotes",
  ]
  return [`the YAML cannot be read: ${what}`, fix]
}

function readMap(
  root: ParsedNode | null,
  mistakes: Mistake[],
  placeOf: PlaceOf = (offset) => offset,
): { map: YamlMap; mistakes: Mistake[] } {
  const places = new Map<string, { key: number; value: number }>()
  const find: YamlMap["find"] = (path) => {
    const found = places.get(path.join("\n"))
    if (found !== undefined || path.length === 0) return found ?? { key: 0, value: 0 }
    const { key } = find(path.slice(0, -1))
    return { key, value: key }
  }
  const texts: YamlMap["texts"][number][] = []
  const convert = (node: ParsedNode | null, path: Path): unknown => {
    if (isScalar(node)) {
      const [from, to] = node.range
      const comment = (node.type === "PLAIN" && node.comment) || ""
      texts.push({ path, text: String(node.value).trim(), from: placeOf(from), to: placeOf(to), comment })
      return convertScalar(node, path)
    }
    if (isSeq(node))
      return node.items.map((item, index) => {
        const inside = [...path, index]
        const offset = placeOf((item as ParsedNode).range[0])
        places.set(inside.join("\n"), { key: offset, value: offset })
        return convert(item as ParsedNode, inside)
      })
    const map: Record<string, unknown> = Object.create(null)
    if (!isMap(node)) return path.length === 0 ? map : null
    for (const pair of node.items) {
      const [key, value] = [pair.key, pair.value] as [ParsedNode | null, ParsedNode | null]
      const name = isScalar(key) ? String(key.value) : ""
      const inside = [...path, name]
      const offset = placeOf(key?.range[0] ?? value?.range[0] ?? 0)
      const refusal = refuseKey(name, map)
      if (refusal !== null) {
        if (mistakes.length < mostMistakes) mistakes.push({ offset, field: nameField(inside), ...refusal })
        continue
      }
      places.set(inside.join("\n"), { key: offset, value: value === null ? offset : placeOf(value.range[0]) })
      map[name] = convert(value, inside)
    }
    return map
  }
  return { map: { value: convert(root, []) as Record<string, unknown>, find, texts }, mistakes }
}

function refuseKey(key: string, map: Record<string, unknown>): Refusal | null {
  if (key === "") return { message: "has a key that is not a word", fix: "write `key: value`" }
  if (forbiddenKeys.has(key)) return { message: `the key \`${key}\` is not allowed`, fix: "remove it" }
  return Object.hasOwn(map, key) ? { message: "is listed twice", fix: "keep one of the two" } : null
}

/** The failsafe schema has only strings, so `map: true` and empty values are converted here. */
function convertScalar({ value, type }: Scalar, path: Path): unknown {
  const text = String(value)
  if (type === "PLAIN" && /^(?:|~|null|Null|NULL)$/.test(text)) return null
  if (type === "PLAIN" && /^(?:lead|map)$/.test(path.join()) && /^(?:true|false)$/i.test(text))
    return text.toLowerCase() === "true"
  // Spaces and line breaks around a text come from YAML or the keyboard, not the author; U+2028 comes from layout
  // programs. A text of only zero-width spaces and direction marks counts as empty.
  return /[^\s\p{Cf}]/u.test(text) ? text.trim().replace(/[\u2028\u2029]/g, " ") : ""
}

/** A field's name in a problem: `image.alt`, `corrections.date`. */
export function nameField(path: Path): string {
  return path.filter((part) => typeof part === "string" && /^[\w<-]{1,40}$/.test(part)).join(".") || "file"
}
