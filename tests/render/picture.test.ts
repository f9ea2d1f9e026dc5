import { describe, expect, test } from "vitest"
import { renderImg } from "../../src/render/picture.ts"

const file = (digit: number, extension: string) => `/media/${String(digit).repeat(64)}.${extension}`
const variants = (...all: [width: number, extension: string][]) =>
  all.map(([width, extension], index) => ({ src: file(index, extension), width }))
const photo = { src: file(9, "jpg"), width: 3000, height: 2000 }
const options = { alt: "A hall", sizes: "(min-width: 60em) 35rem, 92vw" }

describe("renderImg", () => {
  test("shows a picture without variants as its one file, with its size", () => {
    expect(renderImg(photo, options)).toBe(
      `<img src="${photo.src}" alt="A hall" width="3000" height="2000" loading="lazy" decoding="async">`,
    )
    expect(renderImg({ src: "/maps/tjk.svg" }, { ...options, title: '"t"' })).toBe(
      '<img src="/maps/tjk.svg" alt="A hall" title="&quot;t&quot;">',
    )
  })

  test("loads the picture at the top first", () => {
    expect(renderImg(photo, { ...options, lazy: false })).toContain(' height="2000" fetchpriority="high">')
  })

  test("offers the widths in the modern format, and one file in the original's", () => {
    const all = variants([320, "webp"], [640, "webp"], [1920, "webp"], [1280, "jpg"])
    expect(renderImg({ ...photo, variants: all }, options)).toBe(
      `<picture><source type="image/webp" srcset="${file(0, "webp")} 320w, ${file(1, "webp")} 640w, ${file(2, "webp")} 1920w" sizes="(min-width: 60em) 35rem, 92vw">` +
        `<img src="${file(3, "jpg")}" alt="A hall" width="3000" height="2000" loading="lazy" decoding="async"></picture>`,
    )
  })

  test("needs no <picture> if all files are in one format, and has a middle width for browsers that do not choose", () => {
    const all = variants([320, "webp"], [960, "webp"], [1920, "webp"])
    const markup = renderImg({ ...photo, src: file(9, "webp"), variants: all }, options)
    expect(markup).toMatch(
      new RegExp(`^<img src="${file(1, "webp")}" srcset="[^"]*320w, [^"]*960w, [^"]*1920w" sizes=`),
    )
  })

  test("falls back to the original if there is no smaller file in its format", () => {
    const all = variants([160, "webp"], [320, "webp"])
    expect(renderImg({ ...photo, src: file(9, "gif"), variants: all }, options)).toContain(
      `<img src="${file(9, "gif")}"`,
    )
  })

  test("lists no file wider than the page can use, but one that is wide enough", () => {
    const all = variants([160, "webp"], [320, "webp"], [640, "webp"], [1280, "webp"], [1280, "jpg"])
    const markup = renderImg({ ...photo, variants: all }, { ...options, most: 400 })
    expect(markup).toContain("640w")
    expect(markup).not.toContain("1280w")
  })
})
