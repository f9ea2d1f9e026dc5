// The one spelling of a path. Works on the raw text of the request's target: `new URL()` would hide dot segments from us.

// No address or alias is longer; a KV key holds 512 bytes.
const longest = 480
const longestRaw = 2048

/** The one spelling of a raw path (no query, no fragment), or null when it can never be an address of ours: 404. */
export function canonicalPath(raw: string): { path: string } | null {
  if (raw.length > longestRaw) return null
  if (isCanonical(raw)) return raw.length > longest ? null : { path: raw }
  const decoded = decodePlainLetters(raw)
  if (decoded === null || decoded[0] !== "/") return null
  const path = joinSegments(resolveDots(decoded.split("/")))
  return path.length <= longest && isCanonical(path) ? { path } : null
}

/**
 * `/`, or segments of `a-z0-9-._` without an empty one. A dot neither begins nor ends a segment: so no dot segments, no
 * `/.env`, no `name.` — but for `/.well-known`, which RFC 8615 puts at the root.
 */
function isCanonical(path: string): boolean {
  if (path.charCodeAt(0) !== slash) return false
  const length = path.length
  if (length === 1) return true
  let previous = slash
  for (let i = 1; i < length; i++) {
    const code = path.charCodeAt(i)
    if (code === slash) {
      if (previous === slash || previous === dot) return false
    } else if (code === dot) {
      if (previous === slash && !(i === 1 && isWellKnown(path))) return false
    } else if (!isPlain(code)) return false
    previous = code
  }
  return previous !== slash && previous !== dot
}

const slash = 47
const backslash = 92
const dot = 46
const percent = 37
const wellKnown = "/.well-known"

function isWellKnown(path: string): boolean {
  return path.startsWith(wellKnown) && (path.length === wellKnown.length || path.charCodeAt(wellKnown.length) === slash)
}

/** a-z 0-9 - _ */
function isPlain(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 45 || code === 95
}

/**
 * Lower case; `\` is a slash, as browsers have it; an escape is undone when it stands for a letter, digit, `-`, `_` or `.`
 * (RFC 3986 §2.3 makes those equal). Anything else that is escaped or not ASCII — `%2f`, `%00`, `é`, `;` — is null.
 */
function decodePlainLetters(raw: string): string | null {
  let path = ""
  for (let i = 0; i < raw.length; i++) {
    let code = raw.charCodeAt(i)
    const escaped = code === percent
    if (escaped) {
      code = hexDigit(raw.charCodeAt(i + 1)) * 16 + hexDigit(raw.charCodeAt(i + 2))
      i += 2
    } else if (code === backslash) code = slash
    if (code >= 65 && code <= 90) code += 32
    const separator = code === slash && !escaped
    if (!separator && code !== dot && !isPlain(code)) return null
    path += String.fromCharCode(code)
  }
  return path
}

/** 0–15; NaN when it is no hex digit, and then nothing above matches it. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : Number.NaN
}

/** RFC 3986 §5.2.4, before empty segments go, as `new URL()` does: `/a//../b` is `/a/b`. */
function resolveDots(segments: string[]): string[] {
  const kept: string[] = []
  for (const segment of segments.slice(1)) {
    if (segment === "..") kept.pop()
    else if (segment !== ".") kept.push(segment)
  }
  return kept
}

function joinSegments(segments: string[]): string {
  return `/${segments.filter((segment) => segment !== "").join("/")}`
}
