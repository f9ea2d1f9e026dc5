// Renders an article before it is published, and reports a mistake if that fails.
import type { Article } from "../article/article.ts"
import { explainUnreadable } from "../article/mistakes.ts"
import { countWords, readHtml } from "../article/words.ts"
import { fileOf } from "../site/format-address.ts"
import { createPlaces, type Problem } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import { slugify } from "../site/slug.ts"
import { placeName, topicName } from "./components.ts"
import { renderMarkdown } from "./markdown.ts"

/** What search finds in an article, and the whole text's word count; or why it cannot be rendered. */
export type Tried =
  | { readonly searched: ReturnType<typeof listWords>; readonly words: number; readonly problem: null }
  | { readonly searched: null; readonly words: 0; readonly problem: Problem }

/** Renders an article as readers will get it. */
export async function tryArticle(article: Article, site: SiteConfig): Promise<Tried> {
  const { path, language, frontSource, body, open, pictures } = article
  const media = Object.fromEntries(pictures.map((src) => [src, { src: "/media/0.jpg", width: 1, height: 1 }]))
  try {
    const options = { language, media, site, path }
    const read = readHtml(await renderMarkdown(open, { ...options, isPart: body !== open }))
    const { text } = body === open ? read : readHtml(await renderMarkdown(body, options))
    return { searched: listWords(article, read, site), words: countWords(text), problem: null }
  } catch (error) {
    const { offset, ...mistake } = explainUnreadable(body, error)
    const place = createPlaces(frontSource + body)(frontSource.length + offset)
    return { searched: null, words: 0, problem: { file: fileOf(path, site), ...place, ...mistake } }
  }
}

/** The words that search indexes: the text on the public page, place, byline, topics and descriptions of pictures. */
function listWords(
  { front, language, region, country }: Article,
  { text, alternatives }: ReturnType<typeof readHtml>,
  site: SiteConfig,
): { text: string; labels: string } {
  const { alt = "", caption = "", credit = "" } = front.image ?? {}
  const topics = front.topics.flatMap((name) => [name, topicName({ slug: slugify(name), name }, language, site)])
  const places = [null, country].map((place) => placeName(region, place, language, site))
  return { text, labels: [...places, ...front.authors, ...topics, alt, caption, credit, ...alternatives].join(" ") }
}
