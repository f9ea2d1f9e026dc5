// The frame of every page: head, header and footer, with the page's own markup in between.
import type { Address, ArticleAddress, MachineAddress } from "../site/addresses.ts"
import { formatAddress } from "../site/format-address.ts"
import { memo, memoBySite } from "../site/memo.ts"
import { direction, type MessageKey, message, openGraphLocale, ownLanguageName } from "../site/messages.ts"
import { regionName } from "../site/places.ts"
import type { SiteConfig } from "../site/site.ts"
import { renderConfigText, renderSearchForm } from "./components.ts"
import { type Html, html, nothing, raw } from "./html.ts"
import { type Sheet, sheets } from "./style.ts"

/** The same page in one of the site's languages. */
export interface Alternate {
  readonly language: string
  readonly path: string
}

/** The picture that other sites show with a link to the page. */
interface CardPicture {
  readonly src: string
  readonly width?: number
  readonly height?: number
  readonly alt: string
}

interface LayoutPage {
  readonly language: string
  /** The page's own title, to which the publication's name is added; "" for just the publication's name. */
  readonly title: string
  readonly description?: string
  /** Canonical path. Without one, the page is not indexed. */
  readonly path?: string
  /** Additional elements for the head. */
  readonly head?: Html
  readonly index?: boolean
  /** All language versions, including this one. */
  readonly alternates?: readonly Alternate[]
  /** The feed that the head links to: the path of the page it belongs to, and its title. Default: the front page's. */
  readonly feed?: { readonly of: string; readonly title: string }
  readonly kind?: "article" | "website"
  readonly picture?: CardPicture | null
  /** The region that the page belongs to. */
  readonly region?: string | null
  readonly front?: boolean
  /** Style sheets for the page's content, in addition to the base. Default: form. */
  readonly sheet?: Sheet | readonly Sheet[]
  /** Whether the reader is known to be signed in: the header links to their account and does not offer membership. */
  readonly signedIn?: boolean
}

// Single-quoted, because the icon repeats this markup inside an attribute: repeated text compresses to almost nothing.
const globe = `viewBox='0 0 24 24' fill='none' stroke-width='2'><circle cx='12' cy='12' r='10'/><path d='M12 2v20c-8-6-8-14 0-20M2 12h20'/></svg>`
const mark = `<svg class='mark' aria-hidden='true' ${globe}`
const lens = `<svg class='mark' aria-hidden='true' viewBox='0 0 24 24' fill='none' stroke-width='2'><circle cx='10' cy='10' r='7'/><path d='m15 15 7 7'/></svg>`
const icon = `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' stroke='%23b4481f' ${globe}`
const themeColours = raw(
  `<meta name="theme-color" media="(prefers-color-scheme: light)" content="#fbfaf5"><meta name="theme-color" media="(prefers-color-scheme: dark)" content="#14161a">`,
)
/**
 * The script in every page's head. Pages work without it, and are cached for all readers alike: before the first paint,
 * a hint in a cookie (membership/session.ts) decides whether to show what only signed-in readers or members see; then
 * the server confirms the hint and says whether the article is saved. Buttons that share or copy a link, or copy the
 * `whole` article, are shown if the browser supports them.
 */
export const inlineScript = `{let D=document,R=D.documentElement,h=/dateline-hint=(\\w+)/.exec(D.cookie),Q=s=>D.querySelector(s),whole=()=>{let c=Q(".body").cloneNode(true)
for(let e of c.querySelectorAll("[data-copy]"))e.outerHTML=e.dataset.copy
for(let e of c.querySelectorAll("[href^='/']"))e.href=e.href
for(let e of c.querySelectorAll("[src]"))e.src=e.src
return Q("h1").outerHTML+c.innerHTML.replace(/ srcset="[^"]*"/g,"")+Q("#credit_").outerHTML}
if(h)R.className="in "+h[1]
addEventListener("DOMContentLoaded",async()=>{for(let b of D.querySelectorAll("button[data-do]")){let d=b.dataset,n=navigator,s=d.do=="share",u=d.text||Q("[rel=canonical]").href
if(s?n.share:n.clipboard){b.hidden=false
b.onclick=()=>(s?n.share({title:D.title,url:u}):n.clipboard.writeText(d.do=="whole"?whole():u).then(()=>{b.textContent=d.done})).catch(()=>{})}}
if(h)try{let f=Q(".save"),r=await(await fetch("/account/reader.json?"+(f?f.action.split("?")[1]:""))).json()
R.className=r?"in "+r.reader:""
if(r.saved){f.action=f.action.replace("/save?","/unsave?")
f=f.lastChild
f.textContent=f.dataset.done}}catch{}})}`

/** Renders a complete HTML document. */
export function renderLayout(page: LayoutPage & { readonly main: Html }, site: SiteConfig): string {
  const { language } = page
  const head = html`<!doctype html>
<html lang="${language}" dir="${direction(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${page.title === "" ? "" : `${page.title} | `}${site.name}</title>
${renderHead(page, site)}${page.head}`
  const top = html`</head><body><a class="skip ui" href="#main_">${message(language, "skipToContent")}</a><div class="page">${renderHeader(page, site)}
<main id="main_">`
  const bottom = html`</main>
${renderFooter(site, language)}</div></body></html>
`
  const parts = joinParts(["base", page.sheet ?? "form"].flat().join(" "))
  return `${head.markup}${parts}${top.markup}${page.main.markup}${bottom.markup}`
}

/** The script and these style sheets. Joined once, because they are half of most pages. */
const joinParts = memo((names: string) => {
  const style = names.split(" ").map((name) => `<style>${sheets[name as Sheet | "base"]}</style>`)
  return `<script>${inlineScript}</script>${style.join("")}`
})

/** A page with a heading and some text. `page`: the path of a personal page, without the language prefix. */
export function renderTextPage(
  { page, content, ...rest }: LayoutPage & { readonly page?: string; readonly content: Html },
  site: SiteConfig,
): string {
  const { language, title } = rest
  const main = html`<div class="intro prose narrow"><h1>${title}</h1>
${content}</div>`
  const alternates = page === undefined ? [] : alternatesOf({ kind: "personal", language, page }, site)
  return renderLayout({ alternates, ...rest, main }, site)
}

/** The path of a personal page in a language. */
export function personalPath(page: string, language: string, site: SiteConfig): string {
  return formatAddress({ kind: "personal", language, page }, site)
}

/** A mailto: link to the newsroom with the subject filled in. */
export function contactLink(subject: string, site: SiteConfig): string {
  return `mailto:${site.contact}?subject=${encodeURIComponent(subject)}`
}

/** The versions of a page that exists in every language. */
export function alternatesOf(address: Exclude<Address, ArticleAddress | MachineAddress>, site: SiteConfig) {
  return site.languages.map((language) => ({ language, path: formatAddress({ ...address, language }, site) }))
}

function renderHead(page: LayoutPage, site: SiteConfig): Html {
  const { language, path, description, picture, alternates = [] } = page
  const canonical = path === undefined ? null : site.origin + path
  const title = page.title || site.name
  const versions = listAlternates(alternates, site).map(
    ([tag, other]) => html`<link rel="alternate" hreflang="${tag}" href="${site.origin + other}">`,
  )
  const feed = page.feed ?? { of: formatAddress({ kind: "front", language }, site), title: site.name }
  return html`${description && html`<meta name="description" content="${description}">`}${canonical !== null && html`<link rel="canonical" href="${canonical}">`}${
    (page.index === false || canonical === null) && html`<meta name="robots" content="noindex">`
  }${versions.length > 0 && [raw("\n"), versions]}<meta property="og:site_name" content="${site.name}"><meta property="og:type" content="${page.kind ?? "website"}"><meta property="og:title" content="${title}">${
    description && html`<meta property="og:description" content="${description}">`
  }${canonical !== null && html`<meta property="og:url" content="${canonical}">`}<meta property="og:locale" content="${openGraphLocale(language)}">${
    picture && cardPicture(picture, site)
  }<meta name="twitter:card" content="${picture ? "summary_large_image" : "summary"}">${feedLinks(feed.of, feed.title, site)}<link rel="icon" href="${raw(icon)}">${themeColours}`
}

/** A page's language versions, in the order of the config's languages. */
export function sortVersions<Version extends Alternate>(versions: readonly Version[], site: SiteConfig): Version[] {
  const order = ({ language }: Version) => site.languages.indexOf(language)
  return versions.toSorted((a, b) => order(a) - order(b))
}

/** Each version's `hreflang` and path; the default language is also `x-default`. Empty if there is only one version. */
export function listAlternates(versions: readonly Alternate[], site: SiteConfig): (readonly [string, string])[] {
  if (versions.length < 2) return []
  const sorted = sortVersions(versions, site).map(({ language, path }) => [language, path] as const)
  const [first] = sorted
  return first?.[0] === site.languages[0] ? [...sorted, ["x-default", first[1]]] : sorted
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
  return html`<header class="head">${page.front ? html`<h1 class="plate">${name}</h1>` : html`<p class="plate">${name}</p>`}<ul class="plain"><li><a class="find" href="${to("search")}">${raw(lens)}<span>${message(language, "search")}</span></a></li>${accountLink(page, site)}</ul>${!page.signedIn && html`<a class="button small pitch" href="${to("join")}">${message(language, "join")}</a>`}<div class="bar">${renderRegions(site, language, page.region ?? "")}${languageSwitch(page, site)}</div></header>`
}

/** Links to the regions. `here`: the page's region, or "". */
const renderRegions = memoBySite((site, language: string, here: string) => {
  const links = Object.keys(site.regions).map(
    (region) =>
      html`<li><a href="${formatAddress({ kind: "region", language, region }, site)}"${region === here && raw(` aria-current="true"`)}>${regionName(region, language, site)}</a></li>`,
  )
  return html`<nav aria-label="${message(language, "regions")}"><ul class="plain">${links}</ul></nav>`
})

/** Links to the translations, or to a language's front page if there is no translation. */
function languageSwitch({ language, alternates = [] }: LayoutPage, site: SiteConfig): Html {
  if (site.languages.length < 2) return nothing
  const links = site.languages
    .filter((other) => other !== language)
    .map((other) => {
      const version = alternates.find((alternate) => alternate.language === other)
      const path = version?.path ?? formatAddress({ kind: "front", language: other }, site)
      return html`<li><a href="${path}" lang="${other}" hreflang="${other}">${ownLanguageName(other)}</a></li>`
    })
  return html`<nav aria-label="${message(language, "languages")}"><ul class="plain">${links}</ul></nav>`
}

/**
 * A link to the account for signed-in readers, and a link to sign in for others. On most pages the script chooses which
 * to show, so both lead to the sign-in page, which redirects signed-in readers to their account.
 */
function accountLink({ language, signedIn, path }: LayoutPage, site: SiteConfig): Html {
  const next = path === undefined ? "" : `?next=${encodeURIComponent(path)}`
  const account = personalPath(signedIn ? "/account" : "/sign-in", language, site)
  return html`<li${!signedIn && raw(` class="own"`)}><a href="${account}" rel="nofollow">${message(language, "account")}</a></li>${
    !signedIn &&
    html`<li class="guest"><a href="${personalPath("/sign-in", language, site)}${next}" rel="nofollow">${message(language, "signIn")}</a></li>`
  }`
}

const renderFooter = memoBySite((site, language: string) => {
  const to = (kind: "join" | "corrections" | "newsletter") =>
    html`<li><a href="${formatAddress({ kind, language }, site)}">${message(language, kind)}</a></li>`
  const front = formatAddress({ kind: "front", language }, site)
  const pages = Object.entries(site.footer ?? {}).map(
    ([page, name]) =>
      name[language] &&
      html`<li><a href="${formatAddress({ kind: "page", language, page }, site)}">${name[language]}</a></li>`,
  )
  return html`<footer class="foot ui"><div><p class="plate">${raw(mark)} ${site.name}</p>${renderConfigText(site.tagline, language, site)}</div><ul class="plain">${pages}${to("corrections")}${pages.length === 0 && html`<li><a href="mailto:${site.contact}">${message(language, "contactUs")}</a></li>`}${to("newsletter")}${to("join")}<li><a href="${front === "/" ? "" : front}/feed.xml">RSS</a></li><li><a href="${front === "/" ? "" : front}/feed.json">JSON Feed</a></li></ul></footer>`
})

/** An error page: what went wrong, and where to go from here. `id`: the log entry's id, for a bug. */
export function renderMessagePage(
  { status, language, search, id = "" }: { status: number; language: string; search: boolean; id?: string },
  site: SiteConfig,
): string {
  const [title, text] = errorTexts[status] ?? (["badRequestTitle", "badRequestText"] as const)
  const main = html`<div class="intro prose"><p class="kick">${status}</p><h1>${message(language, title)}</h1>
<p class="standfirst">${message(language, text, { id })}</p>
${search && renderSearchForm(language, "", site)}
<p class="ui"><a href="mailto:${site.contact}">${message(language, "contactUs")}</a></p></div>`
  return renderLayout({ language, title: message(language, title), main }, site)
}

const errorTexts: Readonly<Record<number, readonly [title: MessageKey, text: MessageKey]>> = {
  404: ["notFoundTitle", "notFoundText"],
  410: ["goneTitle", "goneText"],
  500: ["failedTitle", "failedText"],
  503: ["unavailableTitle", "unavailableText"],
}
