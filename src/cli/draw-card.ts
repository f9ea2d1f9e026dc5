// Draws a social card, a 1200 × 630 JPEG: nameplate, place and title over a globe centred on the article's place.
import { readFileSync } from "node:fs"
import { type Canvas, createCanvas, GlobalFonts, Path2D, type SKRSContext2D } from "@napi-rs/canvas"
import { type GeoPermissibleObjects, geoGraticule10, geoOrthographic, geoPath } from "d3-geo"
import { removeMetadata } from "../article/media-metadata.ts"
import { cardSize } from "../render/components.ts"
import { languages, loadLanguages } from "../site/messages.ts"
import { readWorld } from "./local/atlas.ts"

export interface Card {
  /** The publication's name. */
  readonly name: string
  /** Country or region in the article's language. */
  readonly place: string
  readonly title: string
  readonly direction: "ltr" | "rtl"
  /** The centre of the globe, in degrees. `dot`: whether to mark it, as for a country but not for a region. */
  readonly spot: { readonly latitude: number; readonly longitude: number; readonly dot: boolean }
}

const margin = 72
const measureWidth = 840
/** The distance in pixels between the globe and the edge of the card where text starts. */
const globeStart = 690
const colours = {
  paper: "#fbfaf5",
  ink: "#1c1a15",
  accent: "#a1361a",
  sea: "#f3eddf",
  land: "#dfd5bf",
  line: "#e8e0cd",
}
const globeSize = 720
const quality = 78
const mark = new Path2D("M20 0A20 20 0 1 1-20 0A20 20 0 1 1 20 0ZM-20 0H20M0-20V20M0-20C-17-8-17 8 0 20")
await loadLanguages()
const fonts = new Map(Object.values(languages).flatMap(({ cardFont }) => (cardFont ? [[cardFont.name, cardFont]] : [])))
const families = [...fonts.values()].flatMap(({ name, subsets }) => subsets.map((subset) => `"Card ${name} ${subset}"`))
// No system fonts, so that a card looks the same wherever it is drawn.
const font = (size: number) => `${size}px ${families.join(", ")}`
for (const { name, subsets } of fonts.values())
  for (const subset of subsets) {
    const file = import.meta.resolve(`@fontsource/${name}/files/${name}-${subset}-600-normal.woff2`)
    if (GlobalFonts.register(readFileSync(new URL(file)), `Card ${name} ${subset}`) === null)
      throw new Error(`Cannot read the font ${name} (${subset})`)
  }
// Kept because the globe is the slowest part to draw, and consecutive articles are often on the same country.
let lastGlobe: { readonly key: string; readonly canvas: Canvas } | undefined

/** Draws a card. Returns null if the title has letters that the fonts lack. */
export async function drawCard(card: Card): Promise<Buffer | null> {
  const title = chooseDrawable(card.title)
  if (title === null) return null
  const { width, height } = cardSize
  const canvas = createCanvas(width, height)
  const pen = canvas.getContext("2d")
  const rtl = card.direction === "rtl"
  pen.fillStyle = colours.paper
  pen.fillRect(0, 0, width, height)
  const key = JSON.stringify(card.spot)
  if (lastGlobe?.key !== key) lastGlobe = { key, canvas: drawGlobe(card.spot) }
  pen.drawImage(lastGlobe.canvas, rtl ? width - globeStart - globeSize : globeStart, 165)
  const start = rtl ? width - margin : margin
  pen.direction = card.direction
  pen.textAlign = "start"
  drawPlate(pen, card.name, start, rtl)
  drawHeadline(pen, title, chooseDrawable(card.place), start)
  const bytes = await canvas.encode("jpeg", quality)
  // Removes the sRGB profile that Skia adds: browsers assume sRGB anyway.
  return Buffer.from(removeMetadata(bytes, "jpg") ?? bytes)
}

/** The globe logo, the name, and the double rule below them, as on every page. */
function drawPlate(pen: SKRSContext2D, name: string, start: number, rtl: boolean): void {
  const way = rtl ? -1 : 1
  pen.save()
  pen.translate(start + way * 21, 92)
  pen.strokeStyle = colours.accent
  pen.lineWidth = 4
  pen.stroke(mark)
  pen.restore()
  pen.fillStyle = colours.ink
  pen.font = font(46)
  pen.fillText(chooseDrawable(name) ?? "", start + way * 56, 107)
  pen.fillRect(margin, 134, cardSize.width - 2 * margin, 3)
  pen.fillRect(margin, 141, cardSize.width - 2 * margin, 3)
}

function drawHeadline(pen: SKRSContext2D, title: string, place: string | null, start: number): void {
  const top = 214
  const bottom = cardSize.height - 62
  pen.fillStyle = colours.accent
  pen.font = font(32)
  if (place !== null) pen.fillText(place, start, top)
  pen.fillStyle = colours.ink
  for (const size of [78, 70, 62, 56, 50, 45, 40, 36]) {
    pen.font = font(size)
    const lines = balanceLines(title, measureWidth, (text) => pen.measureText(text).width)
    const leading = size * 1.2
    if (top + 20 + lines.length * leading > bottom && size > 36) continue
    for (const [index, line] of lines.entries()) pen.fillText(line, start, top + 10 + size + index * leading)
    return
  }
}

function drawGlobe({ latitude, longitude, dot }: Card["spot"]): Canvas {
  const middle = globeSize / 2
  const canvas = createCanvas(globeSize, globeSize)
  const pen = canvas.getContext("2d")
  const projection = geoOrthographic().rotate([-longitude, -latitude]).translate([middle, middle])
  const path = geoPath(projection.scale(middle - 2))
  const trace = (shape: GeoPermissibleObjects) => new Path2D(path(shape) ?? "")
  const fill = (shape: Path2D, colour: string) => {
    pen.fillStyle = colour
    pen.fill(shape)
  }
  fill(trace({ type: "Sphere" }), colours.sea)
  fill(trace(readWorld()), colours.land)
  pen.strokeStyle = colours.line
  pen.lineWidth = 1.5
  pen.stroke(trace(geoGraticule10()))
  if (!dot) return canvas
  const point = { type: "Point" as const, coordinates: [longitude, latitude] }
  const fillDot = (radius: number, colour: string) => fill(new Path2D(path.pointRadius(radius)(point) ?? ""), colour)
  fillDot(17, colours.paper)
  fillDot(12, colours.accent)
  return canvas
}

/** The width of a text, in pixels. */
type Measure = (text: string) => number

// Codes of writing systems (ISO 15924) that are not Unicode scripts: they use these.
const mixed: Readonly<Record<string, string>> = {
  Jpan: "Hira Kana Hani",
  Kore: "Hang Hani",
  Hans: "Hani",
  Hant: "Hani",
}

/** The scripts of a language, as part of a regular expression's class. */
export function scriptsOf(language: string): string {
  const { script = "" } = new Intl.Locale(language).maximize()
  return (mixed[script] ?? script).replace(/\w+/g, "\\p{Script=$&}").replaceAll(" ", "")
}

// `foreign` matches letters of scripts for which no language has a card font.
const scripts = Object.keys(languages)
  .filter((code) => languages[code]?.cardFont)
  .map(scriptsOf)
const foreign = new RegExp(`[^${scripts.join("")}\\p{Script=Common}\\p{Script=Inherited}]`, "u")
const pictures = /[[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{RI}\u200d\ufe0f\p{Cc}\p{Co}\p{Cn}\p{Cs}]--[©®™]]/gv

/** The text without emoji and other symbols that the fonts lack, or null if it has letters that they lack. */
export function chooseDrawable(text: string): string | null {
  if (foreign.test(text)) return null
  const drawable = text.normalize("NFC").replace(pictures, " ").replace(/\s+/g, " ").trim()
  return drawable === "" ? null : drawable
}

/** Breaks a text into as few lines as `width` allows, of about equal width. Wider words are split between graphemes. */
export function balanceLines(text: string, width: number, measure: Measure): string[] {
  const words = text.split(" ").flatMap((word) => cutWord(word, width, measure))
  const fewest = wrapWords(words, width, measure).length
  let narrow = 0
  let wide = width
  // A binary search for the narrowest width that needs no more lines. Ten steps are accurate to within a pixel.
  for (let step = 0; step < 10; step++) {
    const middle = (narrow + wide) / 2
    if (wrapWords(words, middle, measure).length > fewest) narrow = middle
    else wide = middle
  }
  return wrapWords(words, wide, measure)
}

function wrapWords(words: readonly string[], width: number, measure: Measure): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    if (last !== undefined && measure(longer) <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  // If a word is wider than `width`, returns too many lines on purpose, so that the search rejects this width.
  return lines.some((line) => measure(line) > width + 0.5) ? [...lines, ...words] : lines
}

function cutWord(word: string, width: number, measure: Measure): string[] {
  if (measure(word) <= width) return [word]
  const pieces: string[] = []
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word)) {
    const longer = (pieces.at(-1) ?? "") + segment
    if (pieces.length === 0 || measure(longer) > width) pieces.push(segment)
    else pieces[pieces.length - 1] = longer
  }
  return pieces
}
