// The face of a story in a list: its picture, or else a globe that shows where it happened.
import type { Headline, Picture } from "../article/article.ts"
import { globePath, regionGlobePath } from "../site/format-address.ts"
import { countryBySlug } from "../site/places.ts"
import { type Html, html, raw } from "./html.ts"
import { renderImg } from "./picture.ts"

/** How much room a story has. `second`: its face is above the title from tablets on; `row`, `small`: beside it. */
export type Level = "lead" | "second" | "row" | "small"

/** Whether a picture is a chart, which is shown whole. Photographs fill their frame. */
export function isChart({ src }: Picture): boolean {
  return /\.(?:svg|png)$/.test(src)
}

/** A story's face. Its text is empty, since the title stands beside it. `columns`: how many stories share a row. */
export function renderFace({ image, region, country }: Headline, level: Level, columns = 3): Html {
  if (image !== null) {
    const isWide = level === "second"
    const wide = columns > 3 ? "(min-width: 60em) 16rem, (min-width: 40em) 44vw, " : "(min-width: 40em) 30vw, "
    // A photograph fills a square of 5.5rem: what is cut off at its sides counts too.
    const whole = isChart(image) ? 5.5 : 5.5 * Math.max(1, image.width / image.height)
    const sizes = `${isWide ? wide : ""}${Math.round(whole * 10) / 10}rem`
    const img = renderImg(image, { alt: "", sizes, most: isWide ? 960 : whole * 16 * 3 })
    return html`<div class="${isChart(image) ? "face chart" : "face"}">${raw(img)}</div>`
  }
  const found = countryBySlug(country ?? "")
  const globe = found === null ? regionGlobePath(region) : globePath(found.iso3)
  return html`<div class="face globe"><img src="${globe}" width="200" height="200" alt="" loading="lazy" decoding="async"></div>`
}
