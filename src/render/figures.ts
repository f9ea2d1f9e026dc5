// Pictures with what belongs to them: size, caption, credit.
import type { Picture } from "../article/article.ts"
import { mapPath, regionMapPath } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import { type Country, countryName, regionName } from "../site/places.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Html, html } from "./html.ts"

/** Width and height of every locator map. */
export const mapSize = { width: 640, height: 400 }

/** Width and height of every social card. */
export const cardSize = { width: 1200, height: 630 }

/** A country's locator map; its borders say nothing. */
export function renderMap(country: Country, language: string): Html {
  return renderMapFigure(mapPath(country.iso3), countryName(country, language), language)
}

/** The map of a region. */
export function renderRegionMap(region: string, language: string, site: SiteConfig): Html {
  return renderMapFigure(regionMapPath(region), regionName(region, language, site), language)
}

function renderMapFigure(path: string, place: string, language: string): Html {
  const { width, height } = mapSize
  return html`<figure class="map"><img src="${path}" width="${width}" height="${height}" alt="${message(language, "mapAlt", { place })}"><figcaption>${message(language, "mapCredit")}</figcaption></figure>`
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
