// What a new isolate's first reader would wait for, done when the isolate starts: the first rendering compiles markdown's
// expressions and the templates and builds Intl's objects, twenty times the work of a later one. See docs/decisions/021-warm-up.md.
import type { Entry, Story } from "../article/article.ts"
import { renderArticlePage } from "../render/article-page.ts"
import { renderMarkdown } from "../render/markdown.ts"
import { countriesOf } from "../site/places.ts"
import type { SiteConfig } from "../site/site.ts"

/** What most articles are written with. */
const text = `A *first* paragraph – with a [link](https://example.org/a), “quotes” and \`code\`, **strong**. It's "here".

## A heading

- An item
- Another, with a [link](/a)

1. One

> A quotation...

| a | b |
|---|---|
| 1 | 2 |
`

// V8 compiles an expression when it is first used and again when it is used more; the first collections of garbage, which
// move all that the modules made, belong to the start too.
const times = 6
/** The clock stands at 0 while a Worker starts. */
const now = Date.UTC(2026, 0, 1)

/** Renders an article that nobody sees, in each language of the site. Needs no store and no clock. */
export function warmUp(site: SiteConfig): void {
  for (const language of site.languages)
    for (let time = 0; time < times; time++) {
      const story = composeStory(language, site)
      const html = renderMarkdown(text, { language, media: {}, site })
      if (typeof html === "string") renderArticlePage({ story, html, audience: "public", full: true, now }, site)
    }
}

function composeStory(language: string, site: SiteConfig): Story {
  const region = Object.keys(site.regions)[0] ?? ""
  const label = { slug: "a", name: "A" }
  const entry: Entry = {
    path: "/a",
    language,
    region,
    country: countriesOf(region, site)[0]?.slug ?? null,
    title: "A",
    summary: "A",
    publishedAt: Date.UTC(2020, 0, 2, 3),
    updatedAt: null,
    access: "open",
    gated: false,
    topics: [label],
    authors: [label, label],
    image: null,
    map: true,
    words: 1000,
  }
  const translations = site.languages.map((other) => ({ language: other, path: "/a", title: "A" }))
  const more = { rights: null, corrections: [], media: {}, card: null, division: "none", translations } as const
  return { ...entry, ...more, revision: 1, expiresAt: null, revisedAt: now, related: [entry] }
}
