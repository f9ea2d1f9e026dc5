// Makes an SVG picture safe to publish: keeps shapes, text and style, drops what drawing programs add, and refuses
// scripts, links and anything that loads a file. The output is written from scratch, so that all parsers read it alike.
// Cleaning a clean SVG changes nothing: the CLI cleans, and the desk accepts only SVGs that are already clean.

const elements = new Set(
  "svg g defs title desc style path rect circle ellipse line polyline polygon text tspan linearGradient radialGradient stop clipPath use".split(
    " ",
  ),
)
/** Elements whose text is kept: it is shown, read aloud or used as style. */
const withText = new Set("text tspan title desc style".split(" "))
const referring = new Set("use linearGradient radialGradient".split(" "))
const attributes = new Set(
  (
    "id class lang role xml:space viewBox preserveAspectRatio width height x y x1 y1 x2 y2 dx dy cx cy r rx ry fx fy d " +
    "points transform rotate textLength lengthAdjust pathLength offset gradientUnits gradientTransform spreadMethod " +
    "clipPathUnits href style aria-label aria-hidden aria-labelledby fill fill-opacity fill-rule stroke stroke-width " +
    "stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color " +
    "display visibility overflow paint-order vector-effect shape-rendering clip-path clip-rule stop-color stop-opacity " +
    "font-family font-size font-style font-weight font-variant letter-spacing word-spacing text-anchor direction " +
    "dominant-baseline baseline-shift text-decoration unicode-bidi writing-mode"
  ).split(" "),
)
/** CSS functions that load nothing. "" stands for the brackets of a media query. */
const functions = new Set(
  (
    " rgb rgba hsl hsla hwb lab lch oklab oklch color-mix var calc min max clamp translate translatex translatey rotate " +
    "scale scalex scaley skewx skewy matrix not is where nth-child nth-of-type"
  ).split(" "),
)
const words = /^(?:id|class|lang|role|aria-.*)$/

/** Limits: characters, elements (counting copies by `<use>`), depth of nesting, and pixels on each side. */
const most = { characters: 1024 * 1024, elements: 50_000, depth: 100, pixels: 10_000 }

/** Thrown for an SVG that cannot be published. The message says why. */
export class SvgError extends Error {}

const name = "[a-zA-Z_][\\w.-]*(?::[a-zA-Z_][\\w.-]*)?"
const token = new RegExp(
  [
    "<!--[^]*?-->|<\\?[^]*?\\?>|<!DOCTYPE[^[\\]<>]*>",
    "<!\\[CDATA\\[([^]*?)\\]\\]>",
    `</(${name})\\s*>`,
    `<(${name})((?:\\s+${name}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`,
    "([^<]+)",
  ].join("|"),
  "y",
)
const attribute = new RegExp(`(${name})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, "g")
const unfit = /[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }

function decode(text: string): string {
  const decoded = text.replace(/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w+));|&/g, (found, decimal, hex, named = "") => {
    const code = Number(decimal ?? `0x${hex ?? 0}`)
    const sign = Object.hasOwn(entities, named)
      ? entities[named]
      : code > 0 && code < 0x110000 && String.fromCodePoint(code)
    if (!sign) throw new SvgError(`contains \`${found}\`, which is not defined`)
    return sign
  })
  return decoded.replace(/\r\n?/g, "\n")
}

function encode(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
}

/** @throws SvgError if the style could load something */
function checkStyle(css: string): void {
  const rest = css.replace(/url\(\s*(["']?)#[\w.-]+\1\s*\)/gi, "")
  const used = Array.from(rest.matchAll(/([\w-]*)\(/g), ([, name = ""]) => name.toLowerCase())
  const wrong = /\\|<|\/\*|@(?!media\b)\w*/.exec(rest)?.[0] ?? used.find((name) => !functions.has(name))
  if (wrong !== undefined) throw new SvgError(`uses \`${wrong}\` in its style, which is not allowed`)
}

/** Reduces an SVG to what is needed to show it, and measures it in pixels. @throws SvgError */
export function cleanSvg(source: string) {
  const text = source.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n")
  if (text.length > most.characters) throw new SvgError("is larger than 1 MiB")
  if (unfit.test(text)) throw new SvgError("contains control characters")
  const open: { name: string; id: string | undefined; first: number }[] = []
  /** By id: the number of elements inside the element, itself included, and whether one is a `<use>`. */
  const sizes = new Map<string, { count: number; copies: boolean }>()
  const uses: { readonly target: string; readonly at: number }[] = []
  let size: { width: number; height: number } | null = null
  let count = 0
  /** The depth of an element that is dropped with its content, or 0. */
  let dropped = 0
  let svg = ""

  const write = (written: string) => {
    const inside = open.at(-1)?.name
    if (inside === undefined && written.trim() !== "") throw new SvgError("has text outside the drawing")
    if (dropped > 0 || inside === undefined) return
    if (withText.has(inside)) svg += encode(inside === "style" ? written.replace(/\/\*[\s\S]*?\*\//g, "") : written)
    else if (written.includes("\n") && !svg.endsWith("\n")) svg += "\n"
  }
  const close = (found: string) => {
    const last = open.pop()
    if (last?.name !== found) throw new SvgError(`has \`</${found}>\` without its start tag`)
    if (dropped > 0) {
      if (open.length < dropped) dropped = 0
      return
    }
    svg += `</${found}>`
    if (last.id !== undefined)
      sizes.set(last.id, { count: count - last.first, copies: uses.some(({ at }) => at > last.first) })
  }

  token.lastIndex = 0
  while (token.lastIndex < text.length) {
    const at = token.lastIndex
    const found = token.exec(text)
    if (found === null) throw new SvgError(`is not well-formed XML at \`${text.slice(at, at + 30)}\``)
    const [, data, end, start, written = "", empty, plain] = found
    if (data !== undefined) write(data.replace(/\]\]>/g, ""))
    else if (plain !== undefined) write(decode(plain))
    else if (end !== undefined) close(end)
    else if (start !== undefined) {
      if (open.length >= most.depth) throw new SvgError("is nested too deeply")
      if (open.length === 0 && (svg !== "" || start !== "svg")) throw new SvgError("is not a single `<svg>` element")
      const kept = dropped === 0 && !start.includes(":") && start !== "metadata"
      if (kept && !elements.has(start)) throw new SvgError(`contains \`<${start}>\`, which is not allowed`)
      const values = kept ? takeAttributes(start, written) : new Map<string, string>()
      if (!kept && dropped === 0) dropped = open.length + 1
      const first = count
      if (kept && ++count > most.elements) throw new SvgError("has too many elements")
      if (kept && open.length === 0) size = takeSize(values)
      const target = start === "use" && kept ? values.get("href")?.slice(1) : undefined
      if (target !== undefined) uses.push({ target, at: count })
      if (kept) {
        const root = open.length === 0 ? ' xmlns="http://www.w3.org/2000/svg"' : ""
        svg += `<${start}${root}${Array.from(values, ([key, value]) => ` ${key}="${encode(value)}"`).join("")}>`
      }
      open.push({ name: start, id: values.get("id"), first })
      if (empty) close(start)
    }
  }
  if (open.length > 0 || size === null) throw new SvgError("is incomplete")
  for (const [, css = ""] of svg.matchAll(/<style[^>]*>([^<]*)/g)) checkStyle(decode(css))
  for (const { target } of uses) {
    const copied = sizes.get(target)
    if (copied === undefined || copied.copies)
      throw new SvgError(`copies \`#${target}\`, which is missing or copies itself`)
    count += copied.count
  }
  if (count > most.elements) throw new SvgError("has too many elements")
  return { svg: `${svg}\n`, ...size }
}

function takeAttributes(element: string, written: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const { 1: found = "", 2: double, 3: single = "" } of written.matchAll(attribute)) {
    const value = decode(double ?? single).replace(/[\t\n]/g, " ")
    const key = found === "xlink:href" ? "href" : found
    if (/^on/i.test(key)) throw new SvgError(`contains \`${key}\`, which is not allowed`)
    if (/^(?:href|src)$/i.test(key) && !(referring.has(element) && /^#[\w.-]+$/.test(value)))
      throw new SvgError(`refers to \`${value.slice(0, 60)}\`: pictures cannot load or link to anything`)
    if (!attributes.has(key)) continue
    if (values.has(key)) throw new SvgError(`has \`${key}\` twice in one element`)
    if (!words.test(key)) checkStyle(value)
    values.set(key, value)
  }
  return values
}

/** The drawing's size in pixels. Adds a `viewBox` if there is none, so that the picture can be scaled. */
function takeSize(values: Map<string, string>): { width: number; height: number } {
  const written = values.get("viewBox") ?? ""
  const box = written
    .trim()
    .split(/[\s,]+/)
    .map(Number)
  const [width, height] = ["width", "height"].map((key, index) => {
    const [, number = "", unit = "px"] = /^([\d.]+)(px|pt)?$/.exec(values.get(key)?.trim() ?? "") ?? []
    return number === "" ? (box[2 + index] ?? 0) : Number(number) * (unit === "pt" ? 4 / 3 : 1)
  }) as [number, number]
  const isFit = (length: number) => length >= 1 && length <= most.pixels
  if (!isFit(width) || !isFit(height))
    throw new SvgError("has no usable size: give it a `viewBox`, or `width` and `height`")
  if (box.length !== 4 || !box.every(Number.isFinite)) values.set("viewBox", `0 0 ${width} ${height}`)
  const size = { width: Math.round(width), height: Math.round(height) }
  values.set("width", `${size.width}`).set("height", `${size.height}`)
  return size
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Cleans the bytes of a file. @throws SvgError */
export function cleanSvgBytes(bytes: Uint8Array) {
  let text: string
  try {
    text = decoder.decode(bytes)
  } catch {
    throw new SvgError("is not UTF-8 text")
  }
  return cleanSvg(text)
}

/** Why these bytes cannot be published as an SVG; null if they can. */
export function explainSvg(bytes: Uint8Array): string | null {
  try {
    const { svg } = cleanSvgBytes(bytes)
    return svg === new TextDecoder().decode(bytes)
      ? null
      : "the SVG has not been sanitized: publish it with the latest version of the CLI"
  } catch (error) {
    if (error instanceof SvgError) return `the SVG ${error.message}`
    throw error
  }
}
