// Pictures with what belongs to them: size, caption, credit.
import type { Picture } from "../article/article.ts"
import { mapPath } from "../site/addresses.ts"
import { message } from "../site/messages.ts"
import { type Country, countryName } from "../site/places.ts"
import { type Html, html } from "./html.ts"

/** Width and height of every locator map. */
export const mapSize = { width: 640, height: 400 }

/** Width and height of every social card. */
export const cardSize = { width: 1200, height: 630 }

/** A country's locator map; its borders say nothing. */
export function renderMap(country: Country, language: string): Html {
  const name = countryName(country, language)
  const { width, height } = mapSize
  return html`<figure class="map"><img src="${mapPath(country.iso3)}" width="${width}" height="${height}" alt="${message(language, "mapAlt", { place: name })}"><figcaption>${message(language, "mapCredit")}</figcaption></figure>`
}

/** An article's picture. `lazy`: it is not at the top of its page. */
export function renderPicture(picture: Picture, language: string, className: string): Html {
  const { src, width, height, alt, caption, credit } = picture
  return html`<figure class="${className}"><img src="${src}" width="${width}" height="${height}" alt="${alt}" fetchpriority="high">${
    (caption || credit) &&
    html`<figcaption>${caption}${caption && credit && " "}${
      credit && html`<span class="credit">${message(language, "credit", { credit })}</span>`
    }</figcaption>`
  }</figure>`
}
