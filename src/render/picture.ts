// Renders a picture so that each browser loads the smallest file that is sharp enough, and a story's picture in lists.
import type { Headline, MediaItem, Picture } from "../article/article.ts"
import { globePath, regionGlobePath } from "../site/format-address.ts"
import { countryBySlug } from "../site/places.ts"
import { type Html, html, raw } from "./html.ts"

/** A picture to render. If it has no size, it is on this site but is not one of the article's own. */
export type Shown = Pick<MediaItem, "src" | "variants"> & { readonly [Name in "width" | "height"]?: number | null }

interface ImgOptions {
  /** Text for those who do not see the picture; "" if the words beside it say the same. */
  readonly alt: string
  /** How wide the page shows the picture: the value of `sizes`, in CSS (`(min-width: 60em) 35rem, 100vw`). */
  readonly sizes: string
  /** The largest width that the page can use, in the file's pixels; files larger than needed are not listed. */
  readonly most?: number
  /** Loads the picture only when it is about to be seen. Off for the one at the top of a page, which loads first. */
  readonly lazy?: boolean
  readonly title?: string | null
}

const printed = (text: string) => html`${text}`.markup
const extensionOf = (src: string) => src.slice(src.lastIndexOf(".") + 1)
const srcset = (variants: readonly { src: string; width: number }[]) =>
  variants.map(({ src, width }) => `${src} ${width}w`).join(", ")

/** The maximum width, in pixels, of the file for browsers that do not choose one themselves. */
const plainWidth = 1280

/** The file for browsers and programs that do not choose one themselves: moderate in size, in a format all support. */
export function plainFile<Size extends number | null | undefined>(
  picture: Pick<MediaItem, "src" | "variants"> & { readonly width?: Size; readonly height?: Size },
) {
  const { src, width, height, variants = [] } = picture
  const type = extensionOf(variants[0]?.src ?? src)
  const other = variants.findLast((one) => extensionOf(one.src) !== type)
  const file = other ?? (extensionOf(src) === type ? variants.findLast((one) => one.width <= plainWidth) : undefined)
  if (file === undefined || !width || !height) return { src: file?.src ?? src, width, height }
  return { ...file, height: Math.round((height * file.width) / width) }
}

/**
 * The `<img>`, inside a `<picture>` if its files are in two formats. Its size keeps the page from shifting as it loads.
 * The markup is safe to print (`raw`).
 */
export function renderImg(picture: Shown, options: ImgOptions): string {
  const { width, height, variants = [] } = picture
  const { alt, sizes, most = Number.POSITIVE_INFINITY, lazy = true, title } = options
  const { src } = plainFile(picture)
  const type = extensionOf(variants[0]?.src ?? src)
  const modern = variants.filter((one) => extensionOf(one.src) === type)
  const enough = modern.findIndex((one) => one.width >= most)
  const listed = enough === -1 ? modern : modern.slice(0, enough + 1)
  const isPair = listed.length > 0 && extensionOf(src) !== type
  const choice = listed.length > 0 ? ` srcset="${srcset(listed)}" sizes="${printed(sizes)}"` : ""
  const size = (name: string, pixels: number | null | undefined) => (pixels ? ` ${name}="${pixels}"` : "")
  const load = width === undefined ? "" : lazy ? ` loading="lazy" decoding="async"` : ` fetchpriority="high"`
  const img = `<img src="${printed(src)}"${isPair ? "" : choice} alt="${printed(alt)}"${
    title ? ` title="${printed(title)}"` : ""
  }${size("width", width)}${size("height", height)}${load}>`
  return isPair ? `<picture><source type="image/${type}"${choice}>${img}</picture>` : img
}

/** How large a story is shown. `second`: the picture is above the title from tablets up; `row`, `small`: beside it. */
export type Level = "lead" | "second" | "row" | "small"

/** Whether a picture is a chart, which is shown whole. Photographs fill their frame. */
export function isChart({ src }: Picture): boolean {
  return /\.(?:svg|png)$/.test(src)
}

/** A story's picture or globe in a list. `alt` is empty: the title is beside it. `columns`: stories per row. */
export function renderFace({ image, region, country }: Headline, level: Level, columns = 3): Html {
  if (image !== null) {
    const wide = columns > 3 ? "(min-width: 60em) 16rem, (min-width: 40em) 44vw, " : "(min-width: 40em) 30vw, "
    const sizes = level === "second" ? `${wide}5rem` : level === "row" ? "5rem" : "4rem"
    // Each width listed costs 50 bytes of HTML, and the picture is shown small.
    const most = level === "second" ? 640 : level === "row" ? 320 : 160
    return html`<div class="${isChart(image) ? "face chart" : "face"}">${raw(renderImg(image, { alt: "", sizes, most }))}</div>`
  }
  const found = countryBySlug(country)
  const globe = found === null ? regionGlobePath(region) : globePath(found.iso3)
  return html`<div class="face globe"><img src="${globe}" width="200" height="200" alt="" loading="lazy" decoding="async"></div>`
}
