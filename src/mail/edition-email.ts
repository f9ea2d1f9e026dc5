// Writes an edition as an email: once for all its recipients, then addressed to each.
import {
  type Edition,
  type EditionStory,
  editionPath,
  formatEditionDate,
  nameList,
  titleEdition,
} from "../article/edition.ts"
import { lexMarkdown } from "../article/lex-markdown.ts"
import { cleanText, decodeReferences } from "../article/text.ts"
import { placeName } from "../render/components.ts"
import { type Html, html, raw } from "../render/html.ts"
import { languagePrefix } from "../site/format-address.ts"
import { direction, type MessageKey, message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { readIntroduction, renderIntroduction, styleIntroduction } from "./edition-introduction.ts"
import {
  type Email,
  encodePhrase,
  frameHtml,
  frameText,
  frontOf,
  headingStyle,
  paint,
  renderTitle,
  sans,
  textLink,
  underline,
  unsubscribeHeaders,
} from "./email-layout.ts"

/** An edition as an email, with a placeholder for the recipient's token in its links. */
export interface Letter {
  readonly subject: string
  /** What the inbox shows beside the subject. */
  readonly preheader: string
  readonly text: string
  readonly html: string
  /** The unsubscribe URL, with the placeholder for the token. */
  readonly unsubscribe: string
  /** List-Id and other headers that are the same for every recipient. */
  readonly headers: Readonly<Record<string, string>>
}

/** The placeholder for a recipient's token: a control character, which no editor's text can contain. */
const placeholder = "\u001a"

/** The longest HTML, in bytes: below 60 KB once the tokens are added. Gmail clips emails of more than 102 KB. */
const mostBytes = 59_000

/** The longest subject and preheader that we compose, in characters: inboxes show no more. */
const longestSubject = 78
const longestPreheader = 140

/** Writes an edition's email. `edition`: as recipients get it, so a digest includes its members-only content. */
export function writeLetter(edition: Edition, site: SiteConfig): Letter {
  const { list, language, content } = edition
  const prefix = site.origin + languagePrefix(language, site)
  const name = nameList(list, language, site)
  const say = (key: MessageKey) => message(language, key, { list: name, name: site.name })
  const unsubscribe = `${prefix}/newsletter/unsubscribe?list=${list}&token=${placeholder}`
  const footer = [
    say(list === "headlines" ? "letterFooterSubscribed" : "memberFooter"),
    { label: say("newsletterUnsubscribe"), url: unsubscribe },
    { label: say("letterManage"), url: `${prefix}/newsletter/unsubscribe?token=${placeholder}` },
  ]
  const subject = content.title ?? clip(titleEdition(edition, site), longestSubject)
  const view = draftLetter(edition, site, (one) => {
    const frame = { language, subject, preheader: writePreheader(one), main: renderMain(one, site), footer }
    return frameHtml(frame, site)
  })
  return {
    subject,
    preheader: writePreheader(view),
    text: frameText(writeBlocks(view, site).map(cleanText), footer, language, site),
    html: view.html,
    unsubscribe,
    headers: {
      "List-Id": `${encodePhrase(name)} <${list}.${new URL(site.origin).hostname}>`,
      Precedence: "bulk",
    },
  }
}

/** The email to one recipient. */
export function addressLetter(letter: Letter, to: { email: string; token: string }): Email {
  const fill = (text: string) => text.replaceAll(placeholder, encodeURIComponent(to.token))
  return {
    to: to.email,
    subject: letter.subject,
    text: fill(letter.text),
    html: fill(letter.html),
    headers: { ...letter.headers, ...unsubscribeHeaders(fill(letter.unsubscribe)) },
  }
}

/** What an edition's email shows, within the size limit. */
interface View {
  readonly edition: Edition
  /** Path of the web edition. */
  readonly path: string
  /** HTML without styles; empty if there is no introduction. */
  readonly introduction: string
  readonly isCut: boolean
  /** How many of the stories show a summary. */
  readonly summaries: number
}

/** Keeps the email within the limit: cuts the introduction from the end, then the last summaries and last stories. */
function draftLetter(edition: Edition, site: SiteConfig, write: (view: View) => string): View & { html: string } {
  const { language, content } = edition
  const { stories } = content
  const path = editionPath(edition, site)
  const blocks = lexMarkdown(cleanText(content.intro ?? "")).map((token) => token.raw)
  const all = stories.length
  /** `cut`: how many items to leave out: first paragraphs, then summaries, then stories. */
  const draft = (cut: number) => {
    const isCut = cut > 0 && blocks.length > 0
    const source = blocks.slice(0, Math.max(0, blocks.length - cut)).join("")
    const introduction = renderIntroduction(source, { language, site, path, isPart: isCut })
    const summaries = Math.max(0, all - Math.max(0, cut - blocks.length))
    const listed = all - Math.max(0, cut - blocks.length - all)
    const shown = { ...content, stories: stories.slice(0, listed), more: content.more + all - listed }
    const view = { edition: { ...edition, content: shown }, path, introduction, isCut, summaries }
    return { ...view, html: write(view) }
  }
  const fits = ({ html }: { html: string }) => bytesOf(html) <= mostBytes
  const whole = draft(0)
  if (fits(whole)) return whole
  let [tooLittle, enough] = [0, blocks.length + 2 * all]
  while (enough - tooLittle > 1) {
    const middle = Math.floor((tooLittle + enough) / 2)
    if (fits(draft(middle))) enough = middle
    else tooLittle = middle
  }
  return draft(enough)
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length

/** What the inbox shows beside the subject: the start of the introduction, or the titles of the first stories. */
function writePreheader({ edition, introduction }: View): string {
  const first = /<p>.*?<\/p>/s.exec(introduction)?.[0].replace(/<[^>]*>/g, "")
  const titles = edition.content.stories.slice(0, 4).map(({ title }) => title)
  return clip(first ? decodeReferences(first) : titles.join(" · "), longestPreheader)
}

/** Shortens a text, between words, to at most `most` characters. */
function clip(text: string, most: number): string {
  const characters = Array.from(text)
  if (characters.length <= most) return text
  const start = characters.slice(0, most - 1).join("")
  return `${start.replace(/\s+\S*$/, "")}…`
}

function renderMain({ edition, path, introduction, isCut, summaries }: View, site: SiteConfig): Html {
  const { list, language, date, content } = edition
  const name = nameList(list, language, site)
  const hasIntroduction = introduction !== "" || isCut
  const front = frontOf(language, site)
  const more = message(language, "editionMore", { count: content.more })
  const stories = content.stories.map((story, index) => {
    const heading = { tag: hasIntroduction ? "h3" : "h2", isLead: index === 0 }
    return renderStory(index < summaries ? story : { ...story, summary: "" }, heading, language, site)
  })
  return html`<p${paint("soft", `margin:10px 0 0;font-size:13px;line-height:1.6;${sans.markup}`)}>${
    content.title !== null && html`<b${paint("accent")}>${name}</b> ·\u00a0`
  }${formatEditionDate(date, language, site)} ·\u00a0<a${paint("soft", "white-space:nowrap")} href="${site.origin + path}">${message(language, "editionOnWeb")}</a></p>
${renderTitle(content.title ?? name, language)}
${styleIntroduction(introduction, language)}${
  isCut && html`<p style="margin:0 0 16px">${renderLink(message(language, "editionContinues"), site.origin + path)}</p>`
}${hasIntroduction && stories.length > 0 && renderRule(message(language, "editionStories"), language)}
<table role="presentation" style="width:100%;table-layout:fixed;border-collapse:collapse">
${stories}${content.more > 0 && html`<tr><td${paint("line", "padding:14px 0 0;border-top:1px solid")}>${renderLink(more, front)}</td></tr>\n`}</table>
`
}

function renderLink(label: string, url: string): Html {
  return html`<a${paint("accent")} href="${url}">${label}</a>`
}

/** A section heading, below a rule like those on the site. */
function renderRule(text: string, language: string): Html {
  return html`<table role="presentation" style="width:100%;margin:36px 0 0;border-collapse:collapse"><tr><td${paint("rule", "padding:0;border-top:1px solid")}><div${paint("mark", "width:48px;border-top:5px solid;font-size:0;line-height:0")}></div></td></tr></table>
<h2 style="${headingStyle(20, "12px 0 4px", language)}">${text}</h2>`
}

function renderStory(
  story: EditionStory,
  { tag, isLead }: { readonly tag: string; readonly isLead: boolean },
  language: string,
  site: SiteConfig,
): Html {
  const { title, summary, path, gated } = story
  const mark = html` ·\u00a0<span${paint("accent mark", "display:inline-block;padding:0 6px;border:1px solid;border-radius:2px;font-size:11px;line-height:1.6")}>${message(language, "membersOnly")}</span>`
  return html`<tr><td${isLead ? raw(' style="padding:12px 0 18px"') : paint("line", "padding:16px 0 18px;border-top:1px solid")}>
<p${paint("accent", `margin:0;font-size:13px;font-weight:600;line-height:1.7;${sans.markup}`)}>${placeLine(story, language, site)}${gated && mark}</p>
<${raw(tag)} style="${headingStyle(isLead ? 26 : 20, "2px 0 6px", language)}"><a${paint("ink", "text-decoration:none")} href="${site.origin}${path}">${title}</a></${raw(tag)}>
${summary !== "" && html`<p${paint("soft", `margin:0;font-size:${isLead ? 18 : 16}px;line-height:${direction(language) === "rtl" ? 1.75 : 1.5}`)}>${summary}</p>`}</td></tr>
`
}

/** The name of the region and, if there is one, the country: Asia · Tajikistan. */
function placeLine({ region, country }: EditionStory, language: string, site: SiteConfig): string {
  const places = country === null ? [null] : [null, country]
  return places.map((place) => placeName(region, place, language, site)).join(" · ")
}

function writeBlocks({ edition, path, introduction, isCut, summaries }: View, site: SiteConfig): string[] {
  const { list, language, date, content } = edition
  const link = (key: MessageKey, url: string, count = 0) => textLink({ label: message(language, key, { count }), url })
  const name = nameList(list, language, site)
  const day = formatEditionDate(date, language, site)
  const stories = content.stories.map((story, index) => {
    const mark = story.gated ? ` · ${message(language, "membersOnly")}` : ""
    const summary = index < summaries ? [story.summary] : []
    return [placeLine(story, language, site) + mark, story.title, ...summary, site.origin + story.path].join("\n")
  })
  const hasIntroduction = introduction !== "" || isCut
  return [
    underline(content.title ?? name, "="),
    `${content.title === null ? day : `${name} · ${day}`}\n${link("editionOnWeb", site.origin + path)}`,
    ...(introduction === "" ? [] : [readIntroduction(introduction)]),
    ...(isCut ? [link("editionContinues", site.origin + path)] : []),
    ...(hasIntroduction && stories.length > 0 ? [underline(message(language, "editionStories"), "-")] : []),
    ...stories,
    ...(content.more > 0 ? [link("editionMore", frontOf(language, site), content.more)] : []),
  ]
}
