// The face of a story in a list: its picture, or else a globe that shows where it happened.
import type { Headline } from "../article/article.ts"
import { globePath, regionGlobePath } from "../site/format-address.ts"
import { countryBySlug } from "../site/places.ts"
import { type Html, html, raw } from "./html.ts"
import { renderImg } from "./picture.ts"

/** How much room a story has. `second`: its face is above the title from tablets on; `row`, `small`: beside it. */
export type Level = "lead" | "second" | "row" | "small"

/** Charts are shown whole, photographs fill their frame. */
const chart = /\.(?:svg|png)$/

/** A story's face. Its text is empty, since the title stands beside it. */
export function renderFace({ image, region, country }: Headline, level: Level): Html {
  if (image !== null) {
    const sizes = level === "second" ? "(min-width: 60em) 21rem, (min-width: 40em) 30vw, 5.5rem" : "5.5rem"
    return html`<div class="${chart.test(image.src) ? "face chart" : "face"}">${raw(renderImg(image, { alt: "", sizes }))}</div>`
  }
  const found = countryBySlug(country ?? "")
  const globe = found === null ? regionGlobePath(region) : globePath(found.iso3)
  return html`<div class="face globe"><img src="${globe}" width="200" height="200" alt="" loading="lazy" decoding="async"></div>`
}
