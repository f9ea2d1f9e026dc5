// The newsletters on the web: each edition's page, the pages that present the headlines and the digest, and samples.
import type { NewsArticle, WithContext } from "schema-dts"
import {
  type Edition,
  type EditionStory,
  editionPath,
  formatEditionDate,
  type Issue,
  type List,
  nameList,
  titleEdition,
} from "../article/edition.ts"
import { formatAddress } from "../site/format-address.ts"
import { formatHour, formatList, languageName, type MessageKey, message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { renderWall } from "./article-page.ts"
import { type FormFault, renderNewsletterBox, renderNewsletterForm, renderPitch } from "./boxes.ts"
import { placeName, placePath, renderTitle, renderTrail } from "./components.ts"
import { type Html, html, nothing, raw } from "./html.ts"
import { describeAccess, describePublisher, describeTrail, renderJsonLd } from "./json-ld.ts"
import { alternatesOf, personalPath, renderLayout } from "./layout.ts"

/** The style sheets for lists of stories and for the introduction, which is styled like an article. */
const sheet = ["listing", "story", "reading", "letter"] as const

/** An edition with the content that the reader may read. */
export interface EditionView extends Issue {
  /** The introduction, rendered and sanitized. */
  readonly intro: string
  /** Whether the content is complete. */
  readonly full: boolean
}

/** `latest`: the latest edition, if any. `newest`: the newest stories, which are the sample if there is no edition. */
export interface Sample {
  readonly latest: EditionView | null
  readonly newest: readonly EditionStory[]
}

const pageOf = (list: List, language: string) =>
  ({ kind: list === "digest" ? "digest" : "newsletter", language }) as const

/** The page of one edition. */
export function renderEditionPage(view: EditionView, site: SiteConfig): string {
  const { edition, next, earlier, languages, full } = view
  const { list, language, date, content } = edition
  const title = titleEdition(edition, site)
  const path = editionPath(edition, site)
  const trail = [
    { name: message(language, "home"), path: formatAddress({ kind: "front", language }, site) },
    { name: nameList(list, language, site), path: formatAddress(pageOf(list, language), site) },
  ]
  const to = (other: string) => editionPath({ list, language, date: other }, site)
  const previous = earlier[0]?.date
  const step = (rel: string, other: string | null | undefined) =>
    other && html`<link rel="${rel}" href="${site.origin + to(other)}">`
  const link = (rel: "prev" | "next", key: MessageKey, other: string | null | undefined) =>
    other && html`<a class="button small quiet" rel="${rel}" href="${to(other)}">${message(language, key)}</a>`
  const main = html`${renderTrail(trail, false, language)}
<div class="intro">${content.title !== null && html`<p class="kick">${renderDate(date, language, site)}</p>`}<h1>${title}</h1></div>
<div class="duo"><div class="prose">${renderContent(view, "h2", path, site)}
${
  (previous !== undefined || next !== null) &&
  html`<nav class="pages ui" aria-label="${message(language, "pages")}">${link("prev", "editionPrevious", previous)}${link("next", "editionNext", next)}</nav>`
}</div><aside>${renderEarlier(view, site)}</aside></div>
<div class="boxes">${renderNewsletterBox(site, language)}${list === "headlines" && renderPitch(site, language)}</div>`
  return renderLayout(
    {
      language,
      title,
      description: describeContent(view),
      path,
      kind: "article",
      signedIn: list === "digest" && full,
      alternates: languages.map((other) => ({
        language: other,
        path: editionPath({ list, date, language: other }, site),
      })),
      head: html`${step("prev", previous)}${step("next", next)}
${renderJsonLd(describeEdition(edition, full, site))}
${renderJsonLd(describeTrail(trail, site))}`,
      main,
      sheet,
    },
    site,
  )
}

/** The headlines' page: a description, the sign-up form and a sample. `fault`: an error that the form shows. */
export function renderNewsletterPage(
  language: string,
  site: SiteConfig,
  { sample = null, fault = null }: { readonly sample?: Sample | null; readonly fault?: FormFault | null } = {},
): string {
  const title = message(language, "newsletterTitle")
  const description = message(language, "newsletterText")
  const address = pageOf("headlines", language)
  const main = html`<div class="intro"><h1>${title}</h1>
<p class="standfirst">${description}</p></div>
<div class="duo"><aside><section class="box">${renderNewsletterForm(language, site, fault)}
<p class="ui">${describeTime("headlines", language, site)}</p></section></aside><div class="prose">${
    sample !== null &&
    html`<h2>${message(language, "newsletterSample")}</h2>
${renderSample("headlines", sample, language, site)}
${sample.latest !== null && renderEarlier(sample.latest, site)}`
  }</div></div>
<div class="boxes">${renderPitch(site, language)}</div>`
  const indexed = { description, path: formatAddress(address, site), alternates: alternatesOf(address, site) }
  return renderLayout({ language, title, main, sheet, ...(fault === null && indexed) }, site)
}

/** The digest's page: what the digest is, and what the reader may read of its latest edition. */
export function renderDigestPage(
  { language, isMember, sample }: { language: string; isMember: boolean; sample: Sample },
  site: SiteConfig,
): string {
  const { latest } = sample
  const title = nameList("digest", language, site)
  const description = message(language, "digestText")
  const address = pageOf("digest", language)
  const path = formatAddress(address, site)
  const main = html`<div class="intro prose"><h1>${title}</h1>
<p class="standfirst">${description}</p>
<p class="ui">${describeTime("digest", language, site)}${isMember && html` <a href="${personalPath("/account", language, site)}#newsletters_">${message(language, "letterManage")}</a>`}</p></div>
${
  latest === null
    ? html`<div class="prose"><p>${message(language, "editionNone")}</p>
<h2>${message(language, "joinSample")}</h2>
${renderSample("digest", sample, language, site)}</div>`
    : html`<div class="duo"><div class="prose">${renderLatestHeading(latest, site)}
${renderContent(latest, "h3", path, site)}</div><aside>${renderEarlier(latest, site)}</aside></div>`
}
<div class="boxes">${renderNewsletterBox(site, language)}${latest === null && !isMember && renderPitch(site, language)}</div>`
  return renderLayout(
    { language, title, description, path, alternates: alternatesOf(address, site), signedIn: isMember, main, sheet },
    site,
  )
}

function renderLatestHeading({ edition }: EditionView, site: SiteConfig): Html {
  const { date, language, content } = edition
  return html`<div><p class="kick">${message(language, "editionLatest")}${content.title !== null && html` ·\u00a0${renderDate(date, language, site)}`}</p>
<h2><a href="${editionPath(edition, site)}">${titleEdition(edition, site)}</a></h2></div>`
}

/** The introduction, the stories, and the paywall for those who may not read the rest. */
function renderContent(view: EditionView, heading: "h2" | "h3", path: string, site: SiteConfig): Html {
  const { edition, intro, full } = view
  const { list, language, content } = edition
  const gated = list === "digest"
  return html`<div class="${gated && full ? "members prose" : "prose"}">${intro !== "" && html`<div class="body">${raw(intro)}</div>`}
<ul class="rows">${content.stories.map((story) => renderEditionStory(story, { language, heading, summary: true }, site))}</ul>${
    full &&
    content.more > 0 &&
    html`<p><a href="${formatAddress({ kind: "front", language }, site)}">${message(language, "editionMore", { count: content.more })}</a></p>`
  }</div>
${!full && renderWall(path, language, site, "editionRest")}`
}

function renderEarlier({ edition: { list, language }, earlier }: EditionView, site: SiteConfig): Html {
  if (earlier.length === 0) return nothing
  return html`<nav class="after noprint" aria-labelledby="earlier_"><h2 id="earlier_">${message(language, "editionsEarlier")}</h2><ul class="list">${earlier.map(
    ({ date, title }) =>
      html`<li><a href="${editionPath({ list, language, date }, site)}">${title ?? renderDate(date, language, site)}</a>${title !== null && html` <span class="kick">${renderDate(date, language, site)}</span>`}</li>`,
  )}</ul></nav>`
}

function renderDate(date: string, language: string, site: SiteConfig): Html {
  return html`<time datetime="${date}">${formatEditionDate(date, language, site)}</time>`
}

/** The NewsArticle for a newsletter's edition. `full`: whether the page shows all of it. */
function describeEdition(edition: Edition, full: boolean, site: SiteConfig): WithContext<NewsArticle> {
  const url = site.origin + editionPath(edition, site)
  return {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    headline: titleEdition(edition, site),
    url,
    mainEntityOfPage: url,
    inLanguage: edition.language,
    datePublished: edition.date,
    author: describePublisher(site),
    publisher: describePublisher(site),
    ...describeAccess(edition.list === "digest", full),
  }
}

/** When the emails arrive, and in which languages. */
function describeTime(list: List, language: string, site: SiteConfig): string {
  const { hour } = list === "digest" ? site.digest : site.newsletter
  const languages = formatList(
    site.languages.map((other) => languageName(other, language)),
    language,
  )
  const key = list === "digest" ? "digestWhen" : "newsletterWhen"
  return message(language, key, { ...formatHour(hour, language, site), languages })
}

/** The stories' titles, for search results and link previews. */
function describeContent({ edition: { list, language, content } }: EditionView): string {
  const titles = content.stories.slice(0, 4).map(({ title }) => title)
  return titles.join(" · ") || message(language, list === "digest" ? "digestText" : "newsletterText")
}

/** The sample, styled as an email. Empty if the site has no stories yet. */
export function renderSample(list: List, { latest, newest }: Sample, language: string, site: SiteConfig): Html {
  const stories = latest?.edition.content.stories ?? newest
  if (latest === null && stories.length === 0) return nothing
  const heading = latest?.edition.content.title
  const more = latest?.edition.content.more ?? 0
  const date = latest === null ? message(language, "sampleNewest") : renderDate(latest.edition.date, language, site)
  return html`<div class="letter"><p class="masthead"><b>${nameList(list, language, site)}</b> <span class="kick">${date}</span></p>
${heading && html`<h3>${heading}</h3>`}${latest !== null && latest.intro !== "" && html`<div class="body">${raw(latest.intro)}</div>`}
<ul class="rows">${stories.map((story) => renderEditionStory(story, { language, heading: "h3", summary: list === "digest" || latest === null }, site))}</ul>${
    more > 0 && html`<p class="ui">${message(language, "editionMore", { count: more })}</p>`
  }${latest !== null && html`<p class="ui"><a href="${editionPath(latest.edition, site)}">${message(language, "editionRead")}</a></p>`}</div>`
}

/** A story in an edition, as a list item. */
export function renderEditionStory(
  { path, title, summary, region, country, gated }: EditionStory,
  style: { language: string; heading: "h2" | "h3"; summary: boolean },
  site: SiteConfig,
): Html {
  const { language } = style
  const heading = raw(style.heading)
  return html`<li class="entry"><p class="kick"><a class="tag" href="${placePath(region, country, language, site)}">${placeName(region, country, language, site)}</a>${
    gated && html` ·\u00a0<span class="tag">${message(language, "membersOnly")}</span>`
  }</p>
<${heading}><a href="${path}">${renderTitle(title)}</a></${heading}>
${style.summary && html`<p>${summary}</p>`}</li>
`
}
