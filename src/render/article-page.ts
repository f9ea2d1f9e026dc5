// Renders an article's page, with its paywall, corrections, rights and share links; and a static page (about, privacy).
import type { Story } from "../article/article.ts"
import { formatInstant } from "../article/dates.ts"
import { readingMinutes } from "../article/text.ts"
import { formatAddress } from "../site/format-address.ts"
import { memoBySite } from "../site/memo.ts"
import { formatAge, formatPrice, message, ownLanguageName } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { describeBenefits, renderNewsletterBox, renderPitch } from "./boxes.ts"
import {
  cardSize,
  placeName,
  placePath,
  renderConfigText,
  renderCoordinates,
  renderList,
  renderMap,
  renderMessage,
  renderNameLink,
  renderPicture,
  renderStory,
  renderTime,
  renderTitle,
  renderTopics,
  renderTrail,
  renderWrittenDate,
  trailOf,
  writeByline,
} from "./components.ts"
import { addCards, cardScript, renderContents, sheetsOf } from "./contents-and-embeds.ts"
import { type Html, html, nothing, raw } from "./html.ts"
import { describeStory, describeTrail, profileOf, renderJsonLd } from "./json-ld.ts"
import { personalPath, renderLayout, sortVersions } from "./layout.ts"
import { plainFile } from "./picture.ts"
import { renderOwnButtons, renderShareButtons, renderShareLinks } from "./share.ts"

interface ArticleView {
  readonly story: Story
  /** The part of the text that this audience may read, rendered and sanitized. */
  readonly html: string
  /** `gift`: a reader who was given this article by a member. */
  readonly audience: "public" | "members" | "gift"
  /** Whether `html` is the whole text. */
  readonly full: boolean
  readonly now: number
  /** Only for a preview: the notice at the top. The page shows no address, since the article may not have one yet. */
  readonly preview?: Html
}

/** The age, in years, from which an article has a notice that says how old it is. */
const oldAfter = 2

/** How many anniversaries of a time have passed. */
function yearsSince(time: number, now: number): number {
  const [then, today] = [new Date(time), new Date(now)]
  const isBefore = today.toISOString().slice(4) < then.toISOString().slice(4)
  return today.getUTCFullYear() - then.getUTCFullYear() - Number(isBefore)
}

/** An article's page. */
export function renderArticlePage(view: ArticleView, site: SiteConfig): string {
  const { story, audience, full, preview } = view
  const { path, language, region, country, image } = story
  const isLive = preview === undefined
  const walled = story.gated && !full
  const text = addCards(view.html, language)
  const contents = renderContents(view.html, story.words, language)
  const before = html`<article class="story">
${preview}${renderPlace(site, language, region, country)}<h1>${renderTitle(story.title)}</h1>
<p class="standfirst">${story.summary}</p>${renderAge(view)}</header>
${image !== null && renderPicture(image, language, "wide", "(min-width: 60em) 56rem, 92vw")}
<div class="cols">
${renderMeta(view, contents, site)}
${renderLocator(story, site)}
<div class="text">
${audience === "gift" && renderGiftNote(language, site)}<div class="${story.gated && full ? "body members" : "body"}">`
  const after = html`</div>
${walled && renderWall(path, language, site)}
${renderCorrections(story, site)}${renderRights(view, site)}${
  story.topics.length > 0 &&
  html`<section class="after noprint"><h2>${message(language, "topics")}</h2>${renderTopics(story.topics, language, site)}</section>`
}
${
  isLive &&
  html`<section class="after noprint"><h2>${message(language, "share")}</h2>
${renderShareLinks(site.origin + path, story.title, language)}
${renderShareButtons(language)}</section>`
}
</div></div>
</article>
`
  const more = html`${renderRelated(story, site)}
<div class="boxes">${renderNewsletterBox(site, language)}${audience !== "members" && !walled && renderPitch(site, language)}</div>`
  const data =
    isLive && html`${renderJsonLd(describeStory(story, full, site))}${describePlace(site, language, region, country)}`
  const card = story.card === null ? null : { src: story.card, ...cardSize, alt: story.title }
  return renderLayout(
    {
      language,
      title: story.title,
      description: story.summary,
      ...(isLive && {
        path,
        head: html`
${renderTimes(story, site)}<link rel="alternate" type="text/markdown" href="${site.origin + path}.md">`,
      }),
      alternates: story.translations,
      feed: {
        of: placePath(region, country, language, site),
        title: `${site.name}: ${placeName(region, country, language, site)}`,
      },
      kind: "article",
      picture: card ?? (image && { ...plainFile(image), alt: image.alt }),
      region,
      index: audience !== "gift",
      signedIn: audience === "members",
      sheet: sheetsOf(story, contents, text),
      // Data for machines comes after the text, so that readers on slow networks see the text sooner.
      main: html`${before}${raw(text)}${after}${more}${data}${text !== view.html && raw(`<script>${cardScript}</script>`)}`,
    },
    site,
  )
}

/** The article's breadcrumb trail and coordinates. */
const renderPlace = memoBySite((site, language: string, region: string, country: string | null) => {
  const trail = trailOf(region, country, language, site)
  return html`<div class="where">${renderTrail(trail, false, language)}${renderCoordinates(country, language)}</div>
<header>`
})

const describePlace = memoBySite((site, language: string, region: string, country: string | null) =>
  renderJsonLd(describeTrail(trailOf(region, country, language, site), site)),
)

function renderTimes({ publishedAt, updatedAt }: Story, { timeZone }: SiteConfig): Html {
  const time = (property: string, moment: number | null) =>
    moment !== null && html`<meta property="article:${property}" content="${formatInstant(moment, timeZone)}">`
  return html`${time("published_time", publishedAt)}${time("modified_time", updatedAt)}`
}

function renderAge({ story, now }: ArticleView): Html {
  const { publishedAt, language } = story
  if (publishedAt === null) return html`<p class="notice ui">${message(language, "dateUnknownNotice")}</p>`
  const years = yearsSince(publishedAt, now)
  if (years < oldAfter) return nothing
  return html`<p class="notice ui">${message(language, "ageNotice", { ago: formatAge(years, language) })}</p>`
}

function renderMeta({ story, audience, preview }: ArticleView, contents: Html, site: SiteConfig): Html {
  const { path, language, publishedAt, updatedAt, translations } = story
  const minutes = readingMinutes(story.words)
  const others = sortVersions(translations, site).filter((other) => other.path !== path)
  return html`<div class="meta ui">
${renderByline(story, site)}
<p>${publishedAt === null ? message(language, "dateUnknown") : renderTime(publishedAt, language, site)}</p>${
    updatedAt !== null &&
    html`<p>${renderMessage(language, "updated", "date", renderTime(updatedAt, language, site))}</p>`
  }<p class="kick">${story.gated && html`<span class="tag">${message(language, "membersOnly")}</span> ·\u00a0`}${message(language, "readingTime", { count: minutes })}</p>
${
  others.length > 0 &&
  html`<div class="also noprint"><p class="kick">${message(language, "otherLanguages")}</p><ul class="plain">${others.map(
    (other) =>
      html`<li><a href="${other.path}" lang="${other.language}" hreflang="${other.language}">${ownLanguageName(other.language)}</a></li>`,
  )}</ul></div>`
}${
  preview === undefined &&
  html`${renderOwnButtons(path, audience === "members", language, site)}<p class="url" dir="ltr">${site.origin + path}</p>`
}${contents}
</div>`
}

function renderByline({ authors, language }: Story, site: SiteConfig): Html {
  if (authors.length === 0) return nothing
  const links = authors.map(({ slug, name }) =>
    renderNameLink(name, formatAddress({ kind: "author", language, slug }, site), language, true),
  )
  return html`<p><b>${renderMessage(language, "byline", "authors", renderList(links, language))}</b></p>`
}

function renderLocator({ map, country, region, language }: Story, site: SiteConfig): Html {
  return map ? renderMap(region, country, language, site) : nothing
}

function renderCorrections({ corrections, language }: Story, site: SiteConfig): Html {
  if (corrections.length === 0) return nothing
  return html`<section class="after"><h2>${message(language, "corrections")}</h2><ul class="list">${corrections.map(
    ({ date, text }) => html`<li>${renderWrittenDate(date, language, site)} ${text}</li>`,
  )}</ul></section>`
}

function renderRights({ story, html: text, full, preview }: ArticleView, site: SiteConfig): Html {
  const profile = profileOf(story, site)
  if (profile === null) return nothing
  const { language } = story
  const forMembers = story.gated || story.access === "members"
  const open = profile.republish && full && !forMembers && text !== "" && preview === undefined
  return html`<section class="after"><h2>${message(language, "rights")}</h2>
${profile.republish && forMembers ? html`<p>© ${profile.holder}</p>` : renderConfigText(profile.note, language, site)}
<p class="ui"><a href="${profile.contact}">${message(language, "rightsContact")}</a></p></section>
${open && renderRepublishBox(story, site)}`
}

function renderRelated(story: Story, site: SiteConfig): Html {
  const { related, language, region, country } = story
  if (related.length === 0) return nothing
  // If the country has few articles, the region's are listed: the heading names the region, and each entry its place.
  const near = related.every((other) => other.region === region && other.country === country)
  const place = placeName(region, near ? country : null, language, site)
  // If the article has no picture, load none here either, so that the page needs only one request.
  const face = story.image !== null || renderLocator(story, site) !== nothing
  const style = { level: "small", heading: "h3", place: !near, excerpt: null, face } as const
  return html`<section class="noprint"><h2 class="rule">${message(language, "moreFrom", { place })}</h2><ul class="grid">${related.map(
    (entry) => renderStory(entry, style, site),
  )}</ul></section>`
}

/** The paywall, shown where the public text of a members-only article or edition ends. */
export function renderWall(
  path: string,
  language: string,
  site: SiteConfig,
  title: "membersOnlyTitle" | "editionRest" = "membersOnlyTitle",
): Html {
  return html`<section class="paywall box noprint" aria-labelledby="wall_">
<h2 id="wall_">${message(language, title)}</h2>
<p>${message(language, "membersOnlyText", { price: formatPrice(site.membership.price, language) })} ${describeBenefits(language, site)}</p>
<p><a class="button" href="${formatAddress({ kind: "join", language }, site)}">${message(language, "joinTitle")}</a></p>
<p class="ui">${message(language, "alreadyMember")} <a href="${personalPath("/sign-in", language, site)}?next=${encodeURIComponent(path)}" rel="nofollow">${message(language, "signIn")}</a></p>
</section>`
}

/** Tells the reader of a gift why they can read a members-only article. */
function renderGiftNote(language: string, site: SiteConfig): Html {
  return html`<p class="notice ui">${message(language, "giftText")} <a href="${formatAddress({ kind: "join", language }, site)}">${message(language, "joinTitle")}</a></p>
`
}

/** The credit that a republished text must keep. The copy button adds it to the text. */
function renderRepublishBox(story: Story, site: SiteConfig): Html {
  const { language, path } = story
  const byline = writeByline(story)
  return html`<details class="after noprint"><summary class="ui"><b>${message(language, "republish")}</b></summary><p>${message(language, "republishIntro")}</p><p id="credit_">${byline && `${byline}. `}<a href="${site.origin + path}">${message(language, "firstPublished", { name: site.name })}</a></p><p class="ui"><button class="small quiet" hidden data-do="whole" data-done="${message(language, "copied")}" aria-live="polite">${message(language, "copyText")}</button> <a href="${path}.md">${message(language, "plainText")}</a></p></details>`
}

/** A static page of the publication. `text`: rendered and sanitized; `preview`: as in `ArticleView`. */
export function renderStaticPage(page: Story, text: string, site: SiteConfig, preview?: Html): string {
  const { language, title, summary, path, image, updatedAt, translations } = page
  const main = html`<article class="prose narrow">${preview}<header class="intro"><h1>${title}</h1>
${summary && html`<p class="standfirst">${summary}</p>`}</header>
${image && renderPicture(image, language, "wide", "(min-width: 45rem) 42rem, 100vw")}<div class="body">${raw(text)}</div>
${updatedAt !== null && html`<p class="kick">${renderMessage(language, "updated", "date", renderTime(updatedAt, language, site))}</p>`}</article>`
  return renderLayout(
    {
      ...{ language, title, main, alternates: translations, picture: image, sheet: ["story", "form"] },
      ...(preview === undefined && { path }),
      ...(summary && { description: summary }),
    },
    site,
  )
}
