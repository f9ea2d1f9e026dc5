// The markdown twin of an article: what it is, where it is, and its text as far as the asker may read it.
import type { Story } from "../article/article.ts"
import { formatAddress } from "../site/format-address.ts"
import { formatList, message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { formatMachineDate } from "./dates.ts"

export interface MarkdownView {
  readonly story: Story
  /** Markdown, as far as the asker may read it. */
  readonly text: string
  /** It is the whole text. */
  readonly full: boolean
}

export function renderMarkdownTwin({ story, text, full }: MarkdownView, site: SiteConfig): string {
  const { language, publishedAt, updatedAt, authors } = story
  const date = (moment: number) => formatMachineDate(moment, site.timeZone)
  const lines = [
    `# ${plainLine(story.title)}`,
    "",
    `> ${plainLine(story.summary)}`,
    "",
    `- <${site.origin}${story.path}>`,
    `- ${publishedAt === null ? message(language, "dateUnknown") : date(publishedAt)}`,
  ]
  if (updatedAt !== null) lines.push(`- ${message(language, "updated", { date: date(updatedAt) })}`)
  if (authors.length > 0)
    lines.push(
      `- ${message(language, "byline", {
        authors: formatList(
          authors.map(({ name }) => plainLine(name)),
          language,
        ),
      })}`,
    )
  const join = site.origin + formatAddress({ kind: "join", language }, site)
  const rest = full ? "" : `\n\n*${message(language, "membersOnlyTitle")}: <${join}>*`
  return `${lines.join("\n")}\n\n${withPictures(text, story, site).trim()}${rest}\n`
}

/** One line in which nothing is markup. */
function plainLine(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>#|]/g, "\\$&")
}

/** Pictures of the text by their addresses here, not in the editor's folder: of links, references and raw HTML. */
function withPictures(text: string, { media }: Story, site: SiteConfig): string {
  const written = Object.keys(media)
  if (written.length === 0) return text
  const addresses = written.map((one) => one.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|")
  const places = new RegExp(`(\\]\\(\\s*<?|\\]:\\s*<?|\\bsrc\\s*=\\s*["']?)(${addresses})(?=[\\s)>"']|$)`, "gi")
  return text.replace(places, (found, before: string, address: string) => {
    const item = media[address]
    return item === undefined ? found : `${before}${site.origin}${item.src}`
  })
}
