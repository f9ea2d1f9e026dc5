// Renders an article before it is published, and reports a mistake if that fails.
import type { Article } from "../article/article.ts"
import { explainUnreadable } from "../article/mistakes.ts"
import { fileOf } from "../site/format-address.ts"
import { createPlaces, type Problem } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import { renderMarkdown } from "./markdown.ts"

/** Renders an article as readers will get it: the public part as HTML, or why and where it cannot be rendered. */
export async function tryArticle(
  article: Article,
  site: SiteConfig,
): Promise<{ html: string; problem: null } | { html: null; problem: Problem }> {
  const { path, language, frontSource, body, open, pictures } = article
  const media = Object.fromEntries(pictures.map((src) => [src, { src: "/media/0.jpg", width: 1, height: 1 }]))
  try {
    const options = { language, media, site, path }
    if (body !== open) await renderMarkdown(body, options)
    return { html: await renderMarkdown(open, { ...options, isPart: body !== open }), problem: null }
  } catch (error) {
    const { offset, ...mistake } = explainUnreadable(body, error)
    const place = createPlaces(frontSource + body)(frontSource.length + offset)
    return { html: null, problem: { file: fileOf(path, site), ...place, ...mistake } }
  }
}
