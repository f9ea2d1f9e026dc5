// `/preview/{token}`: an unpublished article, for anyone with the link. It needs no cookie.

import { renderArticlePage, renderStaticPage } from "../render/article-page.ts"
import { html } from "../render/html.ts"
import { renderMarkdown } from "../render/markdown.ts"
import { formatDate, message } from "../site/messages.ts"
import { findPreview } from "../store/previews.ts"
import { newRoutes, showNotice } from "./context.ts"

const tokenShape = /^[0-9a-f]{40}$/

export const previewRoutes = newRoutes().get("/preview/:token", async (c) => {
  const { site } = c.env
  const token = c.req.param("token")
  const now = Date.now()
  const found = tokenShape.test(token) ? await findPreview(c.env, token, now) : null
  if (found === null) return c.notFound()
  if (found === "ended") return showNotice(c, "linkGone", "previewEnded", { status: 410 })
  const { kind, record, text, expiresAt } = found
  const { language, media, path } = record
  const story = { ...record, revision: 0, revisedAt: now, card: null, translations: [], related: [] }
  const markup = await renderMarkdown(text, { language, media, site, path })
  const date = formatDate(expiresAt, language, site)
  const preview = html`<p class="notice ui">${message(language, "previewText", { date })}</p>`
  const page =
    kind === "page"
      ? renderStaticPage(story, markup, site, preview)
      : renderArticlePage({ story, html: markup, audience: "public", full: true, now, preview }, site)
  return c.html(page)
})
