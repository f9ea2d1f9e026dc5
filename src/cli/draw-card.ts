// A social card: name plate, place and title over the half of the Earth that it is about, 1200 × 630, a JPEG.
import { readFileSync } from "node:fs"
import { createCanvas, GlobalFonts, type SKRSContext2D } from "@napi-rs/canvas"
import { removeMetadata } from "../article/picture-parts.ts"
import { cardSize } from "../render/components.ts"
import { languages } from "../site/messages.ts"
import { drawGlobe, globeSize, type Spot } from "./card-globe.ts"
import { balanceLines, chooseDrawable } from "./card-text.ts"

export interface Card {
  /** The publication's. */
  readonly name: string
  /** Country or region in the article's language. */
  readonly place: string
  readonly title: string
  readonly direction: "ltr" | "rtl"
  readonly spot: Spot
}

const margin = 72
const measureWidth = 840
/** Where the globe begins, from the side that the text begins at. */
const globeStart = 690
const colours = { paper: "#fbfaf5", ink: "#1c1a15", accent: "#a1361a" }
const quality = 78
const fonts = new Map(Object.values(languages).flatMap(({ cardFont }) => (cardFont ? [[cardFont.name, cardFont]] : [])))
const families = [...fonts.values()].flatMap(({ name, subsets }) => subsets.map((subset) => `"Card ${name} ${subset}"`))
// Never the machine's own fonts: a card looks the same wherever it was drawn.
const font = (size: number) => `${size}px ${families.join(", ")}`
let ready = false

/** Draws a card. null: the title has letters that the fonts lack. */
export async function drawCard(card: Card): Promise<Buffer | null> {
  const title = chooseDrawable(card.title)
  if (title === null) return null
  loadFonts()
  const { width, height } = cardSize
  const canvas = createCanvas(width, height)
  const pen = canvas.getContext("2d")
  const rtl = card.direction === "rtl"
  pen.fillStyle = colours.paper
  pen.fillRect(0, 0, width, height)
  pen.drawImage(drawGlobe(card.spot), rtl ? width - globeStart - globeSize : globeStart, 165)
  const start = rtl ? width - margin : margin
  pen.direction = card.direction
  pen.textAlign = "start"
  drawPlate(pen, card.name, start, rtl)
  drawHeadline(pen, title, chooseDrawable(card.place), start)
  const bytes = await canvas.encode("jpeg", quality)
  // Skia adds the profile that browsers assume anyway.
  return Buffer.from(removeMetadata(bytes, "jpg") ?? bytes)
}

/** The globe's mark, the name, and the double rule that stands under it on every page. */
function drawPlate(pen: SKRSContext2D, name: string, start: number, rtl: boolean): void {
  const way = rtl ? -1 : 1
  const radius = 20
  const x = start + way * (radius + 1)
  const y = 92
  pen.strokeStyle = colours.accent
  pen.lineWidth = 4
  pen.beginPath()
  pen.arc(x, y, radius, 0, 2 * Math.PI)
  pen.moveTo(x - radius, y)
  pen.lineTo(x + radius, y)
  pen.moveTo(x, y - radius)
  pen.lineTo(x, y + radius)
  pen.moveTo(x, y - radius)
  pen.bezierCurveTo(x - radius * 0.85, y - radius * 0.4, x - radius * 0.85, y + radius * 0.4, x, y + radius)
  pen.stroke()
  pen.fillStyle = colours.ink
  pen.font = font(46)
  pen.fillText(chooseDrawable(name) ?? "", start + way * (radius * 2 + 16), y + 15)
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

function loadFonts(): void {
  if (ready) return
  for (const { name, subsets } of fonts.values())
    for (const subset of subsets) {
      const file = import.meta.resolve(`@fontsource/${name}/files/${name}-${subset}-600-normal.woff2`)
      if (GlobalFonts.register(readFileSync(new URL(file)), `Card ${name} ${subset}`) === null)
        throw new Error(`cannot read the font ${name} (${subset})`)
    }
  ready = true
}
