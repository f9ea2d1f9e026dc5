// An article's page.
import type { Story } from "../article/article.ts"
import { formatAddress } from "../site/format-address.ts"
import { direction, formatAge, formatDay, formatList, message, ownLanguageName } from "../site/messages.ts"
import { countryBySlug } from "../site/places.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { renderGiftNote, renderMemberLinks, renderNewsletterBox, renderPitch, renderWall } from "./boxes.ts"
import { yearsBetween } from "./dates.ts"
import {
  placeName,
  placePath,
  renderCoordinates,
  renderEntry,
  renderMessage,
  renderTime,
  renderTopics,
  renderTrail,
  trailOf,
} from "./entries.ts"
import { cardSize, renderMap, renderPicture } from "./figures.ts"
import { type Html, html, nothing, raw } from "./html.ts"
import { describeStory, describeTrail, profileOf, renderJsonLd } from "./json-ld.ts"
import { keepMarkup } from "./keep-markup.ts"
import { renderFrame } from "./layout.ts"
import { renderRepublishBox, renderShareLinks } from "./share.ts"

export interface ArticleView {
  readonly story: Story
  /** The text as far as this audience may read it: rendered and sanitized. */
  readonly html: string
  /** `gift`: somebody to whom a member gave this article. */
  readonly audience: "public" | "members" | "gift"
  /** `html` is the whole text. */
  readonly full: boolean
  readonly now: number
}

/** From this age on, a story says how old it is. */
const oldAfterYears = 2

/** An article's page, in the pieces that are encoded by themselves. */
export function renderArticlePage(view: ArticleView, site: SiteConfig): string[] {
  const { story, audience, full } = view
  const { language, region, country, image } = story
  const walled = story.gated && !full
  const before = html`<article class="story">
${renderPlace(site, language, region, country ?? "")}<h1>${story.title}</h1>
<p class="standfirst">${story.summary}</p>${renderAge(view)}</header>
${image !== null && renderPicture(image, language, "wide")}
<div class="cols">
${renderMeta(story, site)}
${renderLocator(story)}
<div class="text">
${audience === "gift" && renderGiftNote(language, site)}<div class="${story.gated && full ? "body members" : "body"}">`
  const after = html`</div>
${walled && renderWall(story.path, language, site)}
${renderCorrections(story)}${renderRights(view, site)}${
  story.topics.length > 0 &&
  html`<section class="after noprint"><h2>${message(language, "topics")}</h2>${renderTopics(story.topics, language, site)}</section>`
}
${audience === "members" && renderMemberLinks(story.path, language, site)}${renderShareLinks(story, site)}
</div></div>
</article>
`
  const more = html`${renderRelated(story, site)}
<div class="boxes">${renderNewsletterBox(site, language, "h2")}${audience !== "members" && !walled && renderPitch(site, language)}</div>`
  const card = story.card === null ? null : { src: story.card, ...cardSize, alt: story.title }
  const { head, style, top, bottom } = renderFrame(
    {
      language,
      title: story.title,
      description: story.summary,
      path: story.path,
      head: html`
${renderTimes(story)}<link rel="alternate" type="text/markdown" href="${site.origin + story.path}.md">
${renderJsonLd(describeStory(story, full, site))}
${describePlace(site, language, region, country ?? "")}`,
      alternates: story.translations,
      feedOf: placePath(region, country, language, site),
      feedTitle: `${site.name}: ${placeName(region, country, language, site)}`,
      kind: "article",
      picture: card ?? image,
      region,
      index: audience !== "gift",
      member: audience === "members",
      script: true,
    },
    site,
  )
  return [head, style, top + before.markup, view.html, after.markup, more.markup + bottom]
}

/** Where the article's place lies, in the site and on Earth. `country`: "" for a region's own. */
const renderPlace = keepMarkup((site, language: string, region: string, country: string) => {
  const trail = trailOf(region, country || null, language, site)
  return html`${renderTrail(trail, false, language)}
<header>${renderCoordinates(country || null, language)}`
})

const describePlace = keepMarkup((site, language: string, region: string, country: string) =>
  renderJsonLd(describeTrail(trailOf(region, country || null, language, site), site)),
)

/** `minutes`: few, since a text is bounded. */
const renderReadingTime = keepMarkup(
  (_site, language: string, minutes: string) => html`${message(language, "readingTime", { count: Number(minutes) })}`,
)

function renderTimes({ publishedAt, updatedAt }: Story): Html {
  const time = (property: string, moment: number | null) =>
    moment !== null && html`<meta property="article:${property}" content="${new Date(moment).toISOString()}">`
  return html`${time("published_time", publishedAt)}${time("modified_time", updatedAt)}`
}

function renderAge({ story, now }: ArticleView): Html {
  const { publishedAt, language } = story
  if (publishedAt === null) return html`<p class="notice ui">${message(language, "dateUnknownNotice")}</p>`
  if (yearsBetween(publishedAt, now) < oldAfterYears) return nothing
  return html`<p class="notice ui">${message(language, "ageNotice", { ago: formatAge(publishedAt, now, language) })}</p>`
}

function renderMeta(story: Story, site: SiteConfig): Html {
  const { language, publishedAt, updatedAt, translations } = story
  const minutes = Math.max(1, Math.round(story.words / 220))
  const others = translations.filter((other) => other.path !== story.path)
  return html`<div class="meta ui">
${renderByline(story, site)}
<p>${publishedAt === null ? message(language, "dateUnknown") : renderTime(publishedAt, language, site)}</p>${
    updatedAt !== null &&
    html`<p>${renderMessage(language, "updated", "date", renderTime(updatedAt, language, site))}</p>`
  }<p class="kick">${story.gated && html`<span class="tag">${message(language, "membersOnly")}</span> · `}${renderReadingTime(site, language, String(minutes))}</p>
${
  others.length > 0 &&
  html`<div class="noprint"><p class="kick">${message(language, "otherLanguages")}</p><ul class="plain">${others.map(
    (other) =>
      html`<li><a href="${other.path}" lang="${other.language}" hreflang="${other.language}" dir="${direction(other.language)}" title="${other.title}">${ownLanguageName(other.language)}</a></li>`,
  )}</ul></div>`
}<p class="url" dir="ltr">${site.origin + story.path}</p>
</div>`
}

function renderByline({ authors, language }: Story, site: SiteConfig): Html {
  if (authors.length === 0) return nothing
  const links = authors.map(
    ({ slug, name }) =>
      html`<a rel="author" href="${formatAddress({ kind: "author", language, slug }, site)}">${name}</a>`,
  )
  const names = raw(
    formatList(
      links.map(({ markup }) => markup),
      language,
    ),
  )
  return html`<p><b>${renderMessage(language, "byline", "authors", names)}</b></p>`
}

function renderLocator({ map, country, language }: Story): Html {
  const found = map && country !== null ? countryBySlug(country) : null
  return found === null ? nothing : renderMap(found, language)
}

function renderCorrections({ corrections, language }: Story): Html {
  if (corrections.length === 0) return nothing
  return html`<section class="after"><h2>${message(language, "corrections")}</h2><ul class="list">${corrections.map(
    ({ date, text }) =>
      html`<li><time class="kick" datetime="${date}">${formatDay(date, language)}</time> ${text}</li>`,
  )}</ul></section>`
}

function renderRights({ story, html: text, full }: ArticleView, site: SiteConfig): Html {
  const profile = profileOf(story, site)
  if (profile === null) return nothing
  const { language } = story
  const open = profile.republish && full && !story.gated && text !== ""
  return html`<section class="after"><h2>${message(language, "rights")}</h2>
<p>${inLanguage(profile.note, language, site)}</p>
<p class="ui"><a href="${profile.contact}">${message(language, "rightsContact")}</a></p></section>
${open && renderRepublishBox(story, text, site)}`
}

function renderRelated(story: Story, site: SiteConfig): Html {
  const { related, language, region, country } = story
  if (related.length === 0) return nothing
  // A country with few stories shows its region's: then the heading and each story say where.
  const near = related.every((other) => other.region === region && other.country === country)
  const place = placeName(region, near ? country : null, language, site)
  return html`<section class="noprint"><h2 class="rule">${message(language, "moreFrom", { place })}</h2><ul class="grid four">${related.map(
    (entry) => renderEntry(entry, { heading: "h3", place: !near, excerpt: null }, site),
  )}</ul></section>`
}
