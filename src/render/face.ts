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

/** A story's face. Its `alt` is empty, since the title is beside it. `columns`: how many stories share a row. */
export function renderFace({ image, region, country }: Headline, level: Level, columns = 3): Html {
  if (image !== null) {
    const wide = columns > 3 ? "(min-width: 60em) 16rem, (min-width: 40em) 44vw, " : "(min-width: 40em) 30vw, "
    const sizes = level === "second" ? `${wide}5rem` : level === "row" ? "5rem" : "4rem"
    // Each width listed costs 50 bytes of HTML, and the picture is small.
    const most = level === "second" ? 640 : level === "row" ? 320 : 160
    return html`<div class="${isChart(image) ? "face chart" : "face"}">${raw(renderImg(image, { alt: "", sizes, most }))}</div>`
  }
  const found = countryBySlug(country ?? "")
  const globe = found === null ? regionGlobePath(region) : globePath(found.iso3)
  return html`<div class="face globe"><img src="${globe}" width="200" height="200" alt="" loading="lazy" decoding="async"></div>`
}
