// What a newsletter sends, for the pages that offer it: its latest edition or, until there is one, the newest stories.
import {
  type EditionStory,
  editionPath,
  formatEditionDate,
  type Issue,
  type List,
  nameList,
} from "../article/edition.ts"
import { message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { placeName, placePath, renderTitle } from "./components.ts"
import { type Html, html, nothing, raw } from "./html.ts"

/** An edition, whose content is what the reader may read. */
export interface EditionView extends Issue {
  /** The introduction, rendered and sanitized. */
  readonly intro: string
  /** Whether the content is all of it. */
  readonly full: boolean
}

/** `latest`: as everyone may read it, or null. `newest`: the newest stories, to compose a sample of. */
export interface Sample {
  readonly latest: EditionView | null
  readonly newest: readonly EditionStory[]
}

/** The sample as a letter. Nothing if the site has no stories yet. */
export function renderSample(list: List, { latest, newest }: Sample, language: string, site: SiteConfig): Html {
  const stories = latest?.edition.content.stories ?? newest
  if (latest === null && stories.length === 0) return nothing
  const heading = latest?.edition.content.title
  const more = latest?.edition.content.more ?? 0
  const date =
    latest === null
      ? message(language, "sampleNewest")
      : html`<time datetime="${latest.edition.date}">${formatEditionDate(latest.edition.date, language, site)}</time>`
  return html`<div class="letter"><p class="masthead"><b>${nameList(list, language, site)}</b> <span class="kick">${date}</span></p>
${heading && html`<h3>${heading}</h3>`}${latest !== null && latest.intro !== "" && html`<div class="body">${raw(latest.intro)}</div>`}
<ul class="rows">${stories.map((story) => renderEditionStory(story, { language, heading: "h3", summary: list === "digest" || latest === null }, site))}</ul>${
    more > 0 && html`<p class="ui">${message(language, "editionMore", { count: more })}</p>`
  }${latest !== null && html`<p class="ui"><a href="${editionPath(latest.edition, site)}">${message(language, "editionRead")}</a></p>`}</div>`
}

/** A story of an edition. */
export function renderEditionStory(
  { path, title, summary, region, country, gated }: EditionStory,
  style: { language: string; heading: "h2" | "h3"; summary: boolean },
  site: SiteConfig,
): Html {
  const { language } = style
  const heading = raw(style.heading)
  return html`<li class="entry"><p class="kick"><a class="tag" href="${placePath(region, country, language, site)}">${placeName(region, country, language, site)}</a>${
    gated && html` · <span class="tag">${message(language, "membersOnly")}</span>`
  }</p>
<${heading}><a href="${path}">${renderTitle(title)}</a></${heading}>
${style.summary && html`<p>${summary}</p>`}</li>
`
}
