// Renders a picture so that each browser loads the smallest of its files that is sharp enough.
import type { MediaItem } from "../article/article.ts"
import { html } from "./html.ts"

/** A picture without a size is on this site, but not one of an article's own. */
export type Shown = Pick<MediaItem, "src"> & { readonly [Name in "width" | "height"]?: number | null } & Pick<
    MediaItem,
    "variants"
  >

interface ImgOptions {
  /** Text for those who do not see the picture; "" if the words beside it say the same. */
  readonly alt: string
  /** How wide the page shows it: the value of `sizes`, in CSS (`(min-width: 60em) 35rem, 100vw`). */
  readonly sizes: string
  /** The largest width that the page can use, in pixels of the file; larger files are not listed. */
  readonly most?: number
  /** Load it only when it is about to be seen. Off for the picture at the top of a page, which loads first. */
  readonly lazy?: boolean
  readonly title?: string | null
}

const printed = (text: string) => html`${text}`.markup
const extensionOf = (src: string) => src.slice(src.lastIndexOf(".") + 1)
const srcset = (variants: readonly { src: string; width: number }[]) =>
  variants.map(({ src, width }) => `${src} ${width}w`).join(", ")

/** The widest file that browsers get which do not choose one themselves. */
const plainWidth = 1280

/**
 * The `<img>`, inside a `<picture>` if its files are in two formats. Its size keeps the page from moving when it loads.
 * The markup is safe to print (`raw`).
 */
export function renderImg(picture: Shown, options: ImgOptions): string {
  const { src, width, height, variants = [] } = picture
  const { alt, sizes, most = Number.POSITIVE_INFINITY, lazy = true, title } = options
  const type = extensionOf(variants[0]?.src ?? src)
  const modern = variants.filter((one) => extensionOf(one.src) === type)
  const wide = modern.findIndex((one) => one.width >= most)
  const listed = wide === -1 ? modern : modern.slice(0, wide + 1)
  const plain = variants.findLast((one) => extensionOf(one.src) !== type)?.src ?? src
  const isPair = extensionOf(plain) !== type
  const choice = listed.length > 0 && ` srcset="${srcset(listed)}" sizes="${printed(sizes)}"`
  const shown = isPair || !choice ? plain : (listed.findLast((one) => one.width <= plainWidth)?.src ?? plain)
  const size = (name: string, pixels: number | null | undefined) => (pixels ? ` ${name}="${pixels}"` : "")
  const load = width === undefined ? "" : lazy ? ` loading="lazy" decoding="async"` : ` fetchpriority="high"`
  const img = `<img src="${printed(shown)}"${(!isPair && choice) || ""} alt="${printed(alt)}"${
    title ? ` title="${printed(title)}"` : ""
  }${size("width", width)}${size("height", height)}${load}>`
  return isPair && choice ? `<picture><source type="image/${type}"${choice}>${img}</picture>` : img
}
