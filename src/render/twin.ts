// The Markdown version of an article, for other programs.
import type { Story } from "../article/article.ts"
import { formatMachineDate } from "../article/dates.ts"
import { rewriteAddresses } from "../article/references.ts"
import { formatAddress } from "../site/format-address.ts"
import { formatList, message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { findPicture, takeAddress } from "./text-links.ts"

/** An article as Markdown. `text`: the part that the reader may see; `full`: whether that is the whole text. */
export function renderMarkdownTwin(
  { story, text, full }: { readonly story: Story; readonly text: string; readonly full: boolean },
  site: SiteConfig,
): string {
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
  const names = authors.map(({ name }) => plainLine(name))
  if (names.length > 0) lines.push(`- ${message(language, "byline", { authors: formatList(names, language) })}`)
  const join = site.origin + formatAddress({ kind: "join", language }, site)
  const rest = full ? "" : `\n\n*${message(language, "membersOnlyTitle")}: <${join}>*`
  // Keeps the first line's indent, which may make it a code block.
  const body = withAddresses(text, !full, story, site)
    .replace(/^\s*\n/, "")
    .trimEnd()
  return `${lines.join("\n")}\n\n${body}${rest}\n`
}

/** The text on one line, with Markdown's special characters escaped. */
function plainLine(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>#|~]|&(?=#?\w+;)|^[-+](?= )|(?<=^\d{1,9})[.)](?= )/g, "\\$&")
}

/** Makes addresses absolute, so that they work anywhere: pictures point to their files, links to pages. */
function withAddresses(text: string, isPart: boolean, { media, path }: Story, site: SiteConfig): string {
  return rewriteAddresses(text, isPart, (address) => {
    const picture = findPicture(address, media)
    if (picture !== null) return site.origin + picture.src
    const resolved = takeAddress(address, { media, path, site, language: "" }) ?? address
    if (resolved.startsWith("#")) return site.origin + path + resolved
    if (resolved.startsWith("//")) return new URL(site.origin).protocol + resolved
    return resolved.startsWith("/") ? site.origin + resolved : resolved
  })
}
