// Draws cards and reads them back: size, ink in the right places, titles of every length, both directions.
import { createCanvas, loadImage } from "@napi-rs/canvas"
import fc from "fast-check"
import sharp from "sharp"
import { describe, expect, it } from "vitest"
import { findMetadata } from "../../src/article/media-metadata.ts"
import { balanceLines, type Card, chooseDrawable, drawCard, scriptsOf } from "../../src/cli/draw-card.ts"

const card: Card = {
  name: "Meridian",
  place: "Tajikistan",
  title: "Dushanbe summit to give a decade-old security treaty an organisation",
  direction: "ltr",
  spot: { latitude: 39, longitude: 71, dot: true },
}
const arabic: Card = { ...card, direction: "rtl", place: "طاجيكستان", title: "قمة دوشنبه تمنح معاهدة أمنية منظمة" }

interface Ink {
  /** Pixels as dark as the title. */
  readonly dark: number
  readonly accent: number
}

/** The ink in part of a card. */
async function readInk(bytes: Buffer, left: number, top: number, width: number, height: number): Promise<Ink> {
  const canvas = createCanvas(1200, 630)
  const pen = canvas.getContext("2d")
  pen.drawImage(await loadImage(bytes), 0, 0)
  const { data } = pen.getImageData(left, top, width, height)
  let dark = 0
  let accent = 0
  for (let at = 0; at < data.length; at += 4) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3)
    if (red + green + blue < 200) dark++
    if (red > 130 && green < 90 && blue < 70) accent++
  }
  return { dark, accent }
}

async function draw(changes: Partial<Card>): Promise<Buffer> {
  const bytes = await drawCard({ ...card, ...changes })
  if (bytes === null) throw new Error("no card was drawn")
  return bytes
}

describe("a social card", () => {
  it("is a 1200 × 630 JPEG that the desk accepts", async () => {
    const bytes = await draw({})
    expect(await sharp(bytes).metadata()).toMatchObject({ format: "jpeg", width: 1200, height: 630 })
    expect(findMetadata(bytes, "jpg")).toBeNull()
    expect(bytes.length).toBeLessThan(140_000)
  })

  it("starts at the left, with the place in colour above the title", async () => {
    const bytes = await draw({})
    expect((await readInk(bytes, 60, 180, 300, 45)).accent).toBeGreaterThan(200)
    expect((await readInk(bytes, 60, 230, 500, 300)).dark).toBeGreaterThan(4000)
    expect(await readInk(bytes, 0, 0, 60, 630)).toEqual({ dark: 0, accent: 0 })
  })

  it("starts at the right in Arabic, with joined letters", async () => {
    const bytes = await draw(arabic)
    expect((await readInk(bytes, 840, 180, 300, 45)).accent).toBeGreaterThan(100)
    expect((await readInk(bytes, 700, 230, 440, 200)).dark).toBeGreaterThan(3000)
    expect(await readInk(bytes, 1140, 0, 60, 630)).toEqual({ dark: 0, accent: 0 })
    // With the character that prevents joining, the same letters are wider, so the ink differs.
    const apart = [...arabic.title].join("\u200c")
    expect(await readInk(await draw({ ...arabic, title: apart }), 0, 230, 1200, 400)).not.toEqual(
      await readInk(bytes, 0, 230, 1200, 400),
    )
  })

  it.each([
    ["of 200 characters", "Floods, droughts and locusts ".repeat(8).slice(0, 200)],
    ["of one endless word", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk".repeat(4).slice(0, 200)],
    ["of Arabic without end", "الفيضانات والجفاف والجراد في منطقة الساحل ".repeat(6).slice(0, 200)],
  ])("fits a title %s", async (_, title) => {
    const bytes = await draw({ title, direction: /^[ا-ي]/.test(title) ? "rtl" : "ltr" })
    for (const [left, top, width, height] of [
      [0, 0, 60, 630],
      [1140, 0, 60, 630],
      [0, 600, 1200, 30],
    ] as const)
      expect((await readInk(bytes, left, top, width, height)).dark).toBe(0)
    expect((await readInk(bytes, 60, 230, 1080, 370)).dark).toBeGreaterThan(10_000)
  })

  it("draws Łódź, Đồng Nai and Ağrı, and omits characters that no font has", async () => {
    const plain = await readInk(await draw({ title: "Lodz, Dong Nai, Agri" }), 60, 230, 900, 200)
    const marked = await readInk(await draw({ title: "Łódź, Đồng Nai, Ağrı" }), 60, 230, 900, 200)
    expect(marked.dark).toBeGreaterThan(plain.dark)
    expect(await draw({ title: "Rain 🌧️ in Chad" })).toEqual(await draw({ title: "Rain in Chad" }))
    expect(await drawCard({ ...card, title: "ประชุมสุดยอด" })).toBeNull()
    expect(await drawCard({ ...card, title: "🌧️" })).toBeNull()
  })
})

it.each([
  ["en", "Ń", "東"],
  ["uk", "ї", "n"],
  ["ja", "東のカ", "n"],
  ["ko", "한漢", "の"],
  ["zh", "漢", "の"],
  ["zh-TW", "漢", "n"],
])("the scripts of %s include %s but not %s", (language, own, foreign) => {
  const letters = new RegExp(`^[${scriptsOf(language)}]+$`, "u")
  expect([own, foreign].map((text) => letters.test(text))).toEqual([true, false])
})

describe("lines of a title", () => {
  const measure = (text: string) => text.length * 10

  it("contain every word in order, within the width, in as few lines as possible", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1, maxLength: 30 }), (words) => {
        const text = words.join(" ")
        const lines = balanceLines(text, 200, measure)
        expect(lines.join("").replaceAll(" ", "")).toBe(words.join(""))
        for (const line of lines) expect(measure(line)).toBeLessThanOrEqual(200)
        expect(lines.length).toBeLessThanOrEqual(
          greedy(
            words.flatMap((word) => word.match(/.{1,20}/g) ?? []),
            20,
          ),
        )
      }),
    )
  })

  it("are of about equal length", () => {
    expect(balanceLines("one two three four five six", 200, measure)).toEqual(["one two three", "four five six"])
  })

  it("accept any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const drawable = chooseDrawable(text)
        if (drawable !== null) expect(balanceLines(drawable, 200, measure).length).toBeGreaterThan(0)
      }),
    )
  })
})

/** The number of lines of `width` characters that the words need. */
function greedy(words: readonly string[], width: number): number {
  let lines = 1
  let filled = 0
  for (const word of words) {
    if (filled > 0 && filled + 1 + word.length > width) {
      lines++
      filled = word.length
    } else filled += word.length + (filled > 0 ? 1 : 0)
  }
  return lines
}
