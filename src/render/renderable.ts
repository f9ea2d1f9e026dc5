// Checks that an article can be rendered: makes every form that readers get of it, before it is published.
import type { Article, Picture, Story } from "../article/article.ts"
import { explainUnreadable } from "../article/tokens.ts"
import type { Problem } from "../site/problem.ts"
import { createPlaces } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import { slugify } from "../site/slug.ts"
import { renderArticlePage } from "./article-page.ts"
import { renderJsonFeed, renderMarkdownTwin, renderPrivateFeed, renderRss } from "./feeds.ts"
import { renderListingPage } from "./listing-page.ts"
import { renderMarkdown } from "./markdown.ts"

/** Why an article cannot be rendered, and where; null: it can. */
export async function explainUnrenderable(article: Article, site: SiteConfig): Promise<Problem | null> {
  try {
    await renderForms(article, site)
    return null
  } catch (error) {
    const { offset, ...mistake } = explainUnreadable(article.body, error)
    const { path, frontSource, body } = article
    return { file: `${path.slice(1)}.md`, ...createPlaces(frontSource + body)(frontSource.length + offset), ...mistake }
  }
}

/** The page, the Markdown and the feeds: for members, and with the open part alone for the public. */
async function renderForms(article: Article, site: SiteConfig): Promise<void> {
  const { language, open, body } = article
  const story = composeStory(article)
  const now = story.revisedAt
  for (const audience of story.gated ? (["public", "members"] as const) : (["public"] as const)) {
    const text = story.gated && audience === "public" ? open : body
    const full = text === body
    const html = await renderMarkdown(text, { language, media: story.media, site })
    renderArticlePage({ story, html, audience, full, now }, site)
    renderMarkdownTwin({ story, text, full }, site)
    renderPrivateFeed({ language, items: [{ entry: story, html }] }, site)
  }
  const front = { kind: "front", language } as const
  const entries = [story]
  renderRss({ address: { kind: "feed", format: "xml", of: front }, entries }, site)
  renderJsonFeed({ address: { kind: "feed", format: "json", of: front }, entries }, site)
  const address = { kind: "region", language, region: article.region } as const
  renderListingPage({ address, title: "", entries, page: 1, more: false, topics: story.topics }, site)
}

/** The article as the catalogue would give it. Pictures need no bytes here. */
function composeStory(article: Article): Story {
  const { front, path, language, region, country, publishedAt, updatedAt, expiresAt, division, words } = article
  const { title, summary, access, map, corrections } = front
  const label = (name: string) => ({ slug: slugify(name), name })
  const item = { src: "/media/0.jpg", width: 1, height: 1 }
  const { alt, caption = null, credit = null } = front.image ?? { alt: "" }
  const image: Picture | null = front.image === undefined ? null : { ...item, alt, caption, credit }
  return {
    ...{ path, language, region, country, title, summary, access, map, corrections },
    ...{ publishedAt, updatedAt, expiresAt, division, words, image },
    gated: article.members !== null,
    topics: front.topics.map(label),
    authors: front.authors.map(label),
    rights: front.rights ?? null,
    media: Object.fromEntries(article.pictures.map((src) => [src, item])),
    card: null,
    revision: 1,
    revisedAt: Date.now(),
    translations: [{ language, path, title }],
    related: [],
  }
}
