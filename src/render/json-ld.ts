// Describes pages to machines in JSON-LD (schema.org). It says nothing that the page itself does not.
import type { BreadcrumbList, NewsArticle, NewsMediaOrganization, SearchAction, WebSite, WithContext } from "schema-dts"
import type { Story } from "../article/article.ts"
import { formatMachineDate, readDate } from "../article/dates.ts"
import { formatAddress } from "../site/format-address.ts"
import { countryBySlug, countryName } from "../site/places.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { type Step, topicName } from "./components.ts"
import { type Html, raw } from "./html.ts"
import { plainFile } from "./picture.ts"

// Characters that could end the script or break its parsing, and those not allowed in an HTML document.
const unsafe = /[<>&\u2028\u2029\u007f-\u009f\p{Noncharacter_Code_Point}]/gu

/** A JSON-LD script element. */
export function renderJsonLd(data: WithContext<BreadcrumbList | NewsArticle | WebSite>): Html {
  const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  const json = JSON.stringify(data).replace(unsafe, (character) => character.split("").map(escapeUnit).join(""))
  return raw(`<script type="application/ld+json">${json}</script>`)
}

/** The BreadcrumbList for a breadcrumb trail. */
export function describeTrail(steps: readonly Step[], site: SiteConfig): WithContext<BreadcrumbList> {
  return {
    "@context": "https://schema.org",
    "@type": "BreadcrumbList",
    itemListElement: steps.map(({ name, path }, index) => ({
      "@type": "ListItem",
      position: index + 1,
      name,
      item: site.origin + path,
    })),
  }
}

export function describePublisher(site: SiteConfig): NewsMediaOrganization {
  return { "@type": "NewsMediaOrganization", name: site.name, url: `${site.origin}/` }
}

/** The WebSite for the publication's front page. */
export function describeSite(language: string, site: SiteConfig): WithContext<WebSite> {
  const search = site.origin + formatAddress({ kind: "search", language }, site)
  // schema.org's types lack Google's `query-input`.
  const action: SearchAction & { "query-input": string } = {
    "@type": "SearchAction",
    target: `${search}?q={search_term_string}`,
    "query-input": "required name=search_term_string",
  }
  return {
    "@context": "https://schema.org",
    "@type": "WebSite",
    name: site.name,
    description: inLanguage(site.tagline, language, site),
    url: site.origin + formatAddress({ kind: "front", language }, site),
    inLanguage: language,
    publisher: describePublisher(site),
    potentialAction: action,
  }
}

type NewsArticleFields = Exclude<NewsArticle, string>

/** The NewsArticle for a story. `full`: whether the page shows all of it. Unknown dates are omitted. */
export function describeStory(story: Story, full: boolean, site: SiteConfig): WithContext<NewsArticle> {
  const { language, publishedAt, updatedAt, image, card } = story
  const url = site.origin + story.path
  const country = countryBySlug(story.country)
  const rights = profileOf(story, site)
  const day = (written: string) => {
    const moment = readDate(written, site.timeZone)
    return moment === null ? written : formatMachineDate(moment, site.timeZone)
  }
  const pictures = [card, image && plainFile(image).src].flatMap((src) => (src === null ? [] : site.origin + src))
  return {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    headline: story.title,
    description: story.summary,
    url,
    inLanguage: language,
    datePublished: publishedAt === null ? undefined : formatMachineDate(publishedAt, site.timeZone),
    dateModified: updatedAt === null ? undefined : formatMachineDate(updatedAt, site.timeZone),
    author: describeAuthors(story, site),
    publisher: describePublisher(site),
    image: pictures.length > 0 ? pictures : undefined,
    keywords: story.topics.length > 0 ? story.topics.map((topic) => topicName(topic, language, site)) : undefined,
    contentLocation: country === null ? undefined : { "@type": "Country", name: countryName(country, language) },
    correction:
      story.corrections.length > 0
        ? story.corrections.map(({ date, text }) => ({ "@type": "CorrectionComment", datePublished: day(date), text }))
        : undefined,
    copyrightHolder: rights === null ? undefined : { "@type": "Organization", name: rights.holder },
    ...describeAccess(story.gated, full),
  }
}

/** Whether everyone may read the page, and which part of it is for members. */
export function describeAccess(gated: boolean, full: boolean) {
  const cssSelector = full ? ".members" : ".paywall"
  return {
    isAccessibleForFree: !gated,
    hasPart: gated ? ({ "@type": "WebPageElement", isAccessibleForFree: false, cssSelector } as const) : undefined,
  }
}

function describeAuthors({ authors, language }: Story, site: SiteConfig): NonNullable<NewsArticleFields["author"]> {
  if (authors.length === 0) return describePublisher(site)
  return authors.map(({ name, slug }) => ({
    "@type": "Person" as const,
    name,
    url: site.origin + formatAddress({ kind: "author", language, slug }, site),
  }))
}

/** The rights profile named by a story, or null. */
export function profileOf({ rights }: Story, site: SiteConfig) {
  return rights !== null && Object.hasOwn(site.rights, rights) ? (site.rights[rights] ?? null) : null
}
