// YAML as data: plain scalars, lists and maps, with the place of each; nothing that executes, expands or inherits.
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml"
import { knownKeys } from "./frontmatter.ts"

export interface YamlMistake {
  readonly offset: number
  readonly field: string
  readonly message: string
  readonly fix: string
}

export interface YamlMap {
  readonly value: Record<string, unknown>
  /** Where a value stands; the nearest parent's place when it is missing. */
  offsetOf(path: readonly (string | number)[]): number
}

const forbidden = new Set(["__proto__", "constructor", "prototype"])
const deepest = 8

/** Reads front matter. Texts that YAML would take for numbers or booleans stay texts where a text is expected. */
export function readYaml(source: string): { map: YamlMap | null; mistakes: YamlMistake[] } {
  const early = checkDepth(source)
  if (early !== null) return { map: null, mistakes: [early] }
  const document = parseDocument(source, {
    schema: "failsafe",
    uniqueKeys: true,
    merge: false,
    customTags: [],
    strict: true,
    prettyErrors: false,
    lineCounter: new LineCounter(),
    logLevel: "error",
  })
  const mistakes: YamlMistake[] = [...document.errors, ...document.warnings].slice(0, 20).map((error) => ({
    offset: error.pos[0],
    field: "file",
    message: `YAML: ${error.message.split("\n")[0]?.replace(/ at line \d+.*$/, "")}`,
    fix: yamlMend(error.code),
  }))
  if (mistakes.length > 0) return { map: null, mistakes }
  const root = document.contents as Node | null
  if (!isMap(root)) {
    const fix = "write `key: value` lines: title, summary, date"
    return {
      map: null,
      mistakes: [{ offset: 0, field: "file", message: "front matter is empty or no list of keys", fix }],
    }
  }
  const value = convert(root, [], mistakes, 0) as Record<string, unknown>
  const map = { value, offsetOf: (path: readonly (string | number)[]) => findOffset(root, path) }
  return { map: mistakes.some((found) => found.message.includes("not allowed")) ? null : map, mistakes }
}

/** Front matter is flat: what nests deeper than a few levels is an attack or a mistake, and slow to parse. */
function checkDepth(source: string): YamlMistake | null {
  const fix = "front matter needs at most a list of maps"
  let depth = 0
  for (let at = 0; at < source.length; at++) {
    const code = source.charCodeAt(at)
    if (code === 91 || code === 123) depth++
    else if (code === 93 || code === 125) depth = Math.max(0, depth - 1)
    else if (code === 10) depth = 0
    if (depth > 20) return { offset: at, field: "file", message: "brackets are nested too deeply", fix }
  }
  const indented = /^ {24,}\S/m.exec(source)
  if (indented !== null && /^ {20}\S.*:\s*$/m.test(source))
    return { offset: indented.index, field: "file", message: "keys are nested too deeply", fix }
  return null
}

function convert(node: Node | null, path: (string | number)[], mistakes: YamlMistake[], depth: number): unknown {
  const refuse = (at: Node | null, message: string, fix: string) =>
    mistakes.push({ offset: at?.range?.[0] ?? 0, field: path.join(".") || "file", message, fix })
  if (node === null) return null
  if (depth > deepest) return refuse(node, "is nested too deeply, which is not allowed", "flatten it")
  const { tag, anchor } = node as { tag?: string; anchor?: string }
  if (tag?.startsWith("!") || (tag !== undefined && !/^tag:yaml\.org,2002:(?:str|map|seq)$/.test(tag)))
    refuse(node, "has a YAML tag, which is not allowed", "remove what begins with `!`")
  if (anchor !== undefined) refuse(node, "has a YAML anchor, which is not allowed", "remove `&name`")
  if (isScalar(node))
    return plainValue(String(node.value ?? ""), node.type === "PLAIN" || node.type === undefined, path)
  if (isSeq(node)) return node.items.map((item, index) => convert(item as Node, [...path, index], mistakes, depth + 1))
  if (!isMap(node)) return refuse(node, "has a YAML alias, which is not allowed", "write the value out")
  const value: Record<string, unknown> = Object.create(null)
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const key = isScalar(pair.key) ? String(pair.key.value) : null
    if (key === null || forbidden.has(key) || key === "<<")
      refuse(pair.key, `the key \`${key ?? "?"}\` is not allowed`, "remove it")
    else value[key] = convert(pair.value, [...path, key], mistakes, depth + 1)
  }
  return value
}

/** The failsafe schema knows texts only: `map: true` and an empty value get their meaning here. */
function plainValue(text: string, plain: boolean, path: readonly (string | number)[]): unknown {
  if (!plain) return text
  if (text === "" || text === "~" || text === "null") return null
  if (path[0] === "map" && (text === "true" || text === "false")) return text === "true"
  return text
}

function findOffset(root: Node, path: readonly (string | number)[]): number {
  let node: Node | null = root
  let offset = root.range?.[0] ?? 0
  for (const part of path) {
    if (isMap(node)) {
      const pair: Pair<Node, Node | null> | undefined = (node.items as Pair<Node, Node | null>[]).find(
        (item) => isScalar(item.key) && String(item.key.value) === part,
      )
      if (pair === undefined) return offset
      offset = pair.value?.range?.[0] ?? pair.key.range?.[0] ?? offset
      if (part === path.at(-1) && pair.value === null) offset = pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      node = (node.items[Number(part)] as Node | undefined) ?? null
      offset = node?.range?.[0] ?? offset
    } else return offset
  }
  return offset
}

function yamlMend(code: string): string {
  if (code === "DUPLICATE_KEY") return "keep the key once"
  if (code === "TAB_AS_INDENT") return "indent with spaces, not tabs"
  if (code === "BAD_ALIAS" || code === "TAG_RESOLVE_FAILED") return "write the value out: no aliases, no tags"
  return "put a text that holds `: ` or begins with a sign into quotes"
}

/** The known key nearest to a wrong one, or null when none is near (at most 2 changes). */
export function nearestKey(wrong: string): string | null {
  let best: string | null = null
  let least = 3
  for (const key of knownKeys) {
    const distance = editDistance(wrong.slice(0, 40).toLowerCase(), key.toLowerCase())
    if (distance < least) [best, least] = [key, distance]
  }
  return best
}

/** Levenshtein's distance. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced))
    }
    row = next
  }
  return row[b.length] ?? 0
}
