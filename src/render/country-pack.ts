// Renders a country's pack: its latest open stories as one file that loads nothing, with a table of contents.
import type { ArticleRecord } from "../article/article.ts"
import type { CountryAddress } from "../site/addresses.ts"
import { formatAddress } from "../site/format-address.ts"
import { direction, formatDate, message } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { placeName, renderTime, renderWrittenDate, writeByline } from "./components.ts"
import { needsReading } from "./contents-and-embeds.ts"
import { type Html, html, raw } from "./html.ts"
import { sheets } from "./style.ts"
import { toAbsolute } from "./text-links.ts"

interface PackStory {
  readonly record: ArticleRecord
  /** The text, rendered without pictures and sanitized. */
  readonly html: string
}

/** Shows the date of `now`, not the time: otherwise, every render would differ and no cached copy could be reused. */
export function renderPack(
  { address, stories, now }: { address: CountryAddress; stories: readonly PackStory[]; now: number },
  site: SiteConfig,
): string {
  const { language, region, country } = address
  const place = placeName(region, country, language, site)
  const title = message(language, "packTitle", { place })
  const home = site.origin + formatAddress(address, site)
  return html`<!doctype html>
<html lang="${language}" dir="${direction(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} | ${site.name}</title>
<meta name="robots" content="noindex"><link rel="canonical" href="${home}">
<style>${raw(sheets.base)}</style><style>${raw(sheets.story)}</style>${
    stories.some((story) => needsReading(story.html)) && html`<style>${raw(sheets.reading)}</style>`
  }
</head>
<body>
<div class="page cols"><main class="text">
<header class="intro"><p class="kick"><a href="${home}">${site.name}</a></p><h1>${title}</h1>
<p class="standfirst">${message(language, "packIntro", { date: formatDate(now, language, site) })}</p></header>
<nav class="box" aria-labelledby="contents_"><h2 id="contents_">${message(language, "contents")}</h2><div class="body"><ol>${stories.map(
    ({ record }, index) => html`<li><a href="#s${index + 1}">${record.title}</a></li>`,
  )}</ol></div></nav>
${stories.map((story, index) => renderPackStory(story, `s${index + 1}`, site))}</main></div>
</body>
</html>
`.markup
}

function renderPackStory({ record, html: text }: PackStory, id: string, site: SiteConfig): Html {
  const { language, path, title, summary, publishedAt, corrections, rights } = record
  const byline = writeByline(record)
  const profile = rights === null ? undefined : site.rights[rights]
  const lower = text.replace(/<(\/?)h([2-5])\b/g, (_, slash, level) => `<${slash}h${Number(level) + 1}`)
  return html`<article class="body" id="${id}"><h2 class="rule">${title}</h2>
<p class="standfirst">${summary}</p>
<p class="kick">${byline && `${byline} ·\u00a0`}${
    publishedAt === null ? message(language, "dateUnknown") : renderTime(publishedAt, language, site)
  }</p>
<div class="body">${raw(toAbsolute(lower, path, site, ""))}</div>
${corrections.length > 0 && html`<h3>${message(language, "corrections")}</h3><ul>${corrections.map(({ date, text: wrong }) => html`<li>${renderWrittenDate(date, language, site)} ${wrong}</li>`)}</ul>`}${
  profile && html`<p class="kick">${inLanguage(profile.note, language, site)}</p>`
}<p class="kick" dir="ltr"><a href="${site.origin + path}">${site.origin + path}</a></p></article>
`
}
