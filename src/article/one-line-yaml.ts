// Front matter of one-line values, as most articles have it, read without a YAML parser: what that would give, or nothing.

/** Keys that a map must not have. */
export const forbidden: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype", "<<"])

/** The failsafe schema knows texts only: `map: true` and an empty value get their meaning here. */
export function readScalar(text: string, plain: boolean, path: readonly (string | number)[]): unknown {
  if (!plain) return text
  if (text === "" || text === "~" || /^(?:null|Null|NULL)$/.test(text)) return null
  if (path.length === 1 && path[0] === "map" && (text === "true" || text === "false")) return text === "true"
  return text
}

// Tabs, control characters, and what a reader of YAML may take for a line's end or a mark.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const unusual = /[\0-\t\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/
const pair = /^([A-Za-z][A-Za-z0-9]*): +(?! )(.*?) *$/
/** A text in quotes without quotes or escapes inside, or one that begins with no sign of YAML and has none in it. */
const item = /(?:"([^"\\]*)"|'([^']*)'|([A-Za-z0-9./(\u00a0-\uffff][^,[\]{}:#"\\]*))/
const whole = new RegExp(`^${item.source}$`)
const inList = new RegExp(` *${item.source}`, "y")
const inMap = new RegExp(` *([A-Za-z][A-Za-z0-9]*): +${item.source}`, "y")
/** Outside of lists and maps a plain text may hold more: no `: `, no ` #`, no colon at its end. */
const plainLine = /^[A-Za-z0-9./(\u00a0-\uffff](?:[^:#]|:(?! |$)|(?<! )#)*$/

/**
 * The map that `readYaml` reads from such front matter, each `key: text`, `key: [ text, text ]` or `key: { key: text }`
 * on a line of its own; null where anything else, or anything wrong, stands in it: then the YAML parser reads it.
 */
export function readOneLineYaml(source: string): Record<string, unknown> | null {
  if (unusual.test(source)) return null
  const value: Record<string, unknown> = Object.create(null)
  const lines = source.split("\n")
  if (lines.at(-1) === "") lines.pop()
  for (const line of lines) {
    const [, key, text] = pair.exec(line) ?? []
    if (key === undefined || text === undefined || !isNew(key, value)) return null
    const read = readValue(text, key)
    if (read === undefined) return null
    value[key] = read
  }
  return lines.length === 0 ? null : value
}

function isNew(key: string, map: Record<string, unknown>): boolean {
  return !forbidden.has(key) && !Object.hasOwn(map, key)
}

/** Undefined where it is none of the three forms. */
function readValue(text: string, key: string): unknown {
  if (text.startsWith("[")) return readItems(text, key)
  if (text.startsWith("{")) return readPairs(text, key)
  if (plainLine.test(text)) return readScalar(text, true, [key])
  const quoted = whole.exec(text)
  return quoted?.[1] ?? quoted?.[2]
}

function readItems(text: string, key: string): unknown[] | undefined {
  const items: unknown[] = []
  let at = 1
  for (;;) {
    inList.lastIndex = at
    const found = inList.exec(text)
    if (found === null) return undefined
    const [, double, single, plain] = found
    items.push(readItem(double ?? single, plain, [key, items.length]))
    const next = behindItem(text, inList.lastIndex, "]")
    if (next === "closed") return items
    if (next === null) return undefined
    at = next
  }
}

function readPairs(text: string, key: string): Record<string, unknown> | undefined {
  const value: Record<string, unknown> = Object.create(null)
  let at = 1
  for (;;) {
    inMap.lastIndex = at
    const [, inside, double, single, plain] = inMap.exec(text) ?? []
    if (inside === undefined || !isNew(inside, value)) return undefined
    value[inside] = readItem(double ?? single, plain, [key, inside])
    const next = behindItem(text, inMap.lastIndex, "}")
    if (next === "closed") return value
    if (next === null) return undefined
    at = next
  }
}

function readItem(quoted: string | undefined, plain: string | undefined, path: readonly (string | number)[]): unknown {
  return quoted ?? readScalar((plain ?? "").replace(/ +$/, ""), true, path)
}

/** Where the item behind a comma begins, "closed" where the bracket ends the text; null where something else follows. */
function behindItem(text: string, at: number, bracket: string): number | "closed" | null {
  let next = at
  while (text[next] === " ") next++
  if (text[next] === ",") return next + 1
  return text[next] === bracket && next + 1 === text.length ? "closed" : null
}
