// Markdown as HTML for a page.
import { Marked } from "marked"
import sanitizeHtml from "sanitize-html"
import type { MediaItem } from "../article/article.ts"
import type { SiteConfig } from "../site/site.ts"

export interface MarkdownOptions {
  readonly language: string
  readonly media: Readonly<Record<string, MediaItem>>
  readonly site: SiteConfig
}
const plain = new Marked({ gfm: true })

export function renderMarkdown(source: string, _options: MarkdownOptions): string | Promise<string> {
  return sanitizeHtml(plain.parse(source) as string)
}
