// The frame of every page: head, name plate, footer. What stands in between is given.
import { formatAddress } from "../site/format-address.ts"
import { direction, message, ownLanguageName } from "../site/messages.ts"
import { regionName } from "../site/places.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { type Html, html, nothing, raw } from "./html.ts"
import { keepMarkup } from "./keep-markup.ts"
import { inlineScripts } from "./script.ts"
import { styleSheet } from "./style.ts"

export { inlineScripts } from "./script.ts"
export { styleSheet } from "./style.ts"

/** The same page in a language of the site. */
export interface Alternate {
  readonly language: string
  readonly path: string
}

/** A picture that other sites show with a link to the page. */
export interface CardPicture {
  readonly src: string
  readonly width?: number
  readonly height?: number
  readonly alt: string
}

export interface LayoutPage {
  readonly language: string
  /** Without the publication's name. Empty: the name alone. */
  readonly title: string
  readonly description: string
  /** Canonical path; null: the page has none, and is for no index. */
  readonly path: string | null
  /** What else belongs in the head. */
  readonly head?: Html
  readonly index?: boolean
  /** All versions, this one too, the default language first. */
  readonly alternates?: readonly Alternate[]
  /** Path of the page whose feed this page names; else the front page's. */
  readonly feedOf?: string
  /** Name of that feed. */
  readonly feedTitle?: string
  readonly kind?: "article" | "website"
  readonly picture?: CardPicture | null
  /** The region that the page belongs to. */
  readonly region?: string | null
  readonly front?: boolean
  /** A member reads. */
  readonly member?: boolean
  /** The page has buttons that the script reveals. */
  readonly script?: boolean
}

const mark = `<svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="10"/><path d="M12 2v20c-8-6-8-14 0-20M2 12h20"/></svg>`
// Single quotes, and only what a data: address cannot hold is encoded.
const icon = `data:image/svg+xml,${mark
  .replace('class="mark"', 'xmlns="http://www.w3.org/2000/svg" fill="none" stroke="#b4481f" stroke-width="2"')
  .replaceAll('"', "'")
  .replace(/[<>#]/g, encodeURIComponent)}`
const themeColours = raw(
  `<meta name="theme-color" media="(prefers-color-scheme: light)" content="#fbfaf5"><meta name="theme-color" media="(prefers-color-scheme: dark)" content="#14161a">`,
)
const style = `<style>${styleSheet}</style>`
const script = raw(`<script>${inlineScripts[0]}</script>`)

/** What stands around a page's own markup, in its order: up to the style sheet, that, and from there to the markup. */
export interface Frame {
  readonly head: string
  readonly style: string
  readonly top: string
  readonly bottom: string
}

/** A whole page. */
export function renderLayout(page: LayoutPage & { readonly main: Html }, site: SiteConfig): string {
  const { head, style, top, bottom } = renderFrame(page, site)
  return head + style + top + page.main.markup + bottom
}

export function renderFrame(page: LayoutPage, site: SiteConfig): Frame {
  const { language } = page
  const head = html`<!doctype html>
<html lang="${language}" dir="${direction(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title === "" ? "" : `${page.title} | `}${site.name}</title>
${renderHead(page, site)}${page.head ?? nothing}
`
  const top = html`
</head>
<body>
<a class="skip ui" href="#main_">${message(language, "skipToContent")}</a>
<div class="page">
${renderHeader(page, site)}
<main id="main_">
`
  const bottom = html`
</main>
${renderFooter(site, language)}
</div>${page.script ? script : nothing}
</body>
</html>
`
  return { head: head.markup, style, top: top.markup, bottom: bottom.markup }
}

function renderHead(page: LayoutPage, site: SiteConfig): Html {
  const { language, path, description, picture, alternates = [] } = page
  const canonical = path === null ? null : site.origin + path
  const title = page.title || site.name
  const feedOf = page.feedOf ?? formatAddress({ kind: "front", language }, site)
  return html`${description !== "" && html`<meta name="description" content="${description}">`}
${canonical !== null && html`<link rel="canonical" href="${canonical}">`}${
  (page.index === false || canonical === null) && html`<meta name="robots" content="noindex">`
}${alternates.length > 1 && alternateLinks(alternates, site)}
<meta property="og:site_name" content="${site.name}"><meta property="og:type" content="${page.kind ?? "website"}"><meta property="og:title" content="${title}">${
    description !== "" && html`<meta property="og:description" content="${description}">`
  }${canonical !== null && html`<meta property="og:url" content="${canonical}">`}<meta property="og:locale" content="${language.replace("-", "_")}">${
    picture && cardPicture(picture, site)
  }<meta name="twitter:card" content="${picture ? "summary_large_image" : "summary"}">
${feedLinks(feedOf, page.feedTitle ?? site.name, site)}
<link rel="icon" href="${raw(icon)}">
${themeColours}`
}

function alternateLinks(alternates: readonly Alternate[], site: SiteConfig): Html {
  const link = (tag: string, path: string) =>
    html`<link rel="alternate" hreflang="${tag}" href="${site.origin + path}">`
  const first = alternates[0] as Alternate
  return html`
${alternates.map(({ language, path }) => link(language, path))}${link("x-default", first.path)}`
}

function cardPicture({ src, width, height, alt }: CardPicture, site: SiteConfig): Html {
  return html`<meta property="og:image" content="${site.origin + src}">${
    width !== undefined && html`<meta property="og:image:width" content="${width}">`
  }${height !== undefined && html`<meta property="og:image:height" content="${height}">`}${
    alt !== "" && html`<meta property="og:image:alt" content="${alt}">`
  }`
}

function feedLinks(path: string, title: string, site: SiteConfig): Html {
  const base = site.origin + (path === "/" ? "" : path)
  return html`<link rel="alternate" type="application/rss+xml" title="${title}" href="${base}/feed.xml"><link rel="alternate" type="application/feed+json" title="${title}" href="${base}/feed.json">`
}

function renderHeader(page: LayoutPage, site: SiteConfig): Html {
  const { language } = page
  const to = (kind: "front" | "search" | "join") => formatAddress({ kind, language }, site)
  const name = html`<a href="${to("front")}"${page.front && raw(` aria-current="page"`)}>${raw(mark)}<span>${site.name}</span></a>`
  return html`<header class="head">
${page.front ? html`<h1 class="plate">${name}</h1>` : html`<p class="plate">${name}</p>`}
<ul class="plain"><li><a href="${to("search")}">${message(language, "search")}</a></li>${doorLink(page, site)}</ul>
${!page.member && html`<a class="button small" href="${to("join")}">${message(language, "join")}</a>`}
<div class="bar">${renderRegions(site, language, page.region ?? "")}${languageSwitch(page, site)}</div>
</header>`
}

/** The regions as links. `here`: the one that the page belongs to, or "". */
const renderRegions = keepMarkup((site, language: string, here: string) => {
  const links = Object.keys(site.regions).map(
    (region) =>
      html`<li><a href="${formatAddress({ kind: "region", language, region }, site)}"${region === here && raw(` aria-current="true"`)}>${regionName(region, language, site)}</a></li>`,
  )
  return html`<nav aria-label="${message(language, "regions")}"><ul class="plain">${links}</ul></nav>`
})

/** To the translation where there is one, else to the other language's front page. */
function languageSwitch({ language, alternates = [] }: LayoutPage, site: SiteConfig): Html {
  if (site.languages.length < 2) return nothing
  const links = site.languages
    .filter((other) => other !== language)
    .map((other) => {
      const version = alternates.find((alternate) => alternate.language === other)
      const path = version?.path ?? formatAddress({ kind: "front", language: other }, site)
      return html`<li><a href="${path}" lang="${other}" hreflang="${other}" dir="${direction(other)}">${ownLanguageName(other)}</a></li>`
    })
  return html`<nav aria-label="${message(language, "languages")}"><ul class="plain">${links}</ul></nav>`
}

function doorLink({ language, member, path }: LayoutPage, site: SiteConfig): Html {
  const to = (page: string) => formatAddress({ kind: "personal", language, page }, site)
  if (member) return html`<li><a href="${to("/account")}">${message(language, "account")}</a></li>`
  const next = path === null ? "" : `?next=${encodeURIComponent(path)}`
  return html`<li><a href="${to("/sign-in")}${next}" rel="nofollow">${message(language, "signIn")}</a></li>`
}

const renderFooter = keepMarkup((site, language: string) => {
  const to = (kind: "join" | "corrections" | "newsletter") =>
    html`<li><a href="${formatAddress({ kind, language }, site)}">${message(language, kind)}</a></li>`
  const front = formatAddress({ kind: "front", language }, site)
  return html`<footer class="foot ui">
<p><b>${site.name}</b> – ${inLanguage(site.tagline, language, site)}</p>
<ul class="plain">${to("newsletter")}${to("join")}${to("corrections")}<li><a href="${front === "/" ? "" : front}/feed.xml">RSS</a></li><li><a href="${front === "/" ? "" : front}/feed.json">JSON Feed</a></li><li><a href="mailto:${site.contact}">${message(language, "contactUs")}</a></li></ul>
</footer>`
})
