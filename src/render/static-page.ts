// Renders a static page of the publication: about, privacy, corrections policy.
import type { Story } from "../article/article.ts"
import type { SiteConfig } from "../site/site.ts"
import { renderMessage, renderPicture, renderTime } from "./components.ts"
import { type Html, html, raw } from "./html.ts"
import { renderLayout } from "./layout.ts"

/** @param text the page's text, rendered and sanitized; `preview`: as of an article's page (article-page.ts) */
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
