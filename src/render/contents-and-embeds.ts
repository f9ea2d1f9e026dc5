// What an article's page adds to its rendered text: a table of contents for long reads, and cards for other sites'
// media.
import type { Story } from "../article/article.ts"
import { findEmbed } from "../article/embeds.ts"
import { decodeReferences } from "../article/text.ts"
import { message } from "../site/messages.ts"
import { type Html, html, nothing, raw } from "./html.ts"
import type { Sheet } from "./style.ts"

/** Articles with at least this many words and sections have a table of contents. */
const longRead = { words: 1_200, sections: 3 }

const section = /<h2 id="([^"]*)">(.*?)<\/h2>/gs
const markup = /<sup class="note">.*?<\/sup>|<[^>]*>/gs

/** Links to the sections of a long article. `text`: the markup that the reader gets. */
export function renderContents(text: string, words: number, language: string): Html {
  if (words < longRead.words) return nothing
  const sections = Array.from(text.matchAll(section), ({ 1: id = "", 2: heading = "" }) => [
    id,
    heading.replace(markup, "").trim(),
  ]).filter(([, name]) => name !== "")
  if (sections.length < longRead.sections) return nothing
  // The markup is already escaped.
  const links = sections.map(([id = "", name = ""]) => html`<li><a href="#${raw(id)}">${raw(name)}</a></li>`)
  const name = message(language, "contents")
  return html`<nav class="contents noprint" aria-label="${name}"><details><summary>${name}</summary><ol>${links}</ol></details></nav>`
}

const loneLink = /<p><a href="(https?:[^"]*)"(?: title="([^"]*)")?>((?:(?!<\/a>).)*)<\/a><\/p>/gs
const picture = /^(?:<picture>.*<\/picture>|<img [^>]*>)$/s

/**
 * Replaces each paragraph that is just a link to a known site's video, audio or post with a card. `cardScript` loads
 * the frame on a click; without the script, the card is just a link. A picture in the link becomes the poster.
 * @param text an article's markup, sanitized
 */
export function addCards(text: string, language: string): string {
  // Most articles have no such paragraph.
  if (!text.includes('<p><a href="http')) return text
  return text.replace(loneLink, (whole, href: string, title: string | undefined, label: string) => {
    const address = decodeReferences(href)
    const embed = findEmbed(address)
    if (embed === null) return whole
    const { site, kind, frame } = embed
    const kicker = message(language, kinds[kind], { site })
    const poster = picture.test(label) ? label : ""
    const name = poster === "" ? label : (title ?? / alt="([^"]*)"/.exec(poster)?.[1] ?? "")
    // A bare address or host is not a title.
    const isNamed = name !== "" && !(name.includes(".") && href.includes(name))
    const silent = poster.replace(/ alt="[^"]*"/, ' alt=""')
    return html`<figure class="embed ${kind}" data-copy="${whole}"><a href="${raw(href)}" data-frame="${frame}">${raw(title === undefined ? silent : poster)}<b>${
      isNamed ? raw(name) : kicker
    }</b>${isNamed && html` <span class="kick">${kicker}</span>`}</a><figcaption>${message(language, "embedNote", { site })}</figcaption></figure>`
      .markup
  })
}

/** The script that opens cards, only on pages that have any. It hides the link but keeps it for copying the article. */
export const cardScript = `addEventListener("click",e=>{let D=document,a=e.target.closest("a[data-frame]"),f=D.createElement("iframe")
if(!a||e.ctrlKey||e.metaKey||e.shiftKey)return
f.allow="autoplay;encrypted-media;fullscreen;picture-in-picture"
f.referrerPolicy="strict-origin"
f.sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-forms allow-presentation"
f.title=a.querySelector("b").textContent
f.src=a.dataset.frame
a.hidden=true
a.after(f)
f.focus()
e.preventDefault()})`

const kinds = { video: "embedVideo", audio: "embedAudio", post: "embedPost" } as const

/** Whether a text's markup needs the sheet for tables, code, quotations and the like. */
export const needsReading = (text: string) =>
  /<(?:blockquote|dl|h4|hr|li><p|pre|section|su[bp]|table|audio|video)|class="(?:full|embed )/.test(text)

/** The style sheets that an article needs. `text`: its markup. */
export function sheetsOf({ image, map }: Story, contents: Html, text: string): Sheet[] {
  const sheets: Sheet[] = ["story"]
  if (image !== null || map || text.includes("<figure")) sheets.push("face")
  if (contents !== nothing || needsReading(text)) sheets.push("reading")
  return sheets
}
