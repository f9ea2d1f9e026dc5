// Finds what readers will not see as intended: dropped HTML, other systems' shortcodes, missing footnotes and the like.
import type { Token, Tokens } from "marked"
import type { SiteConfig } from "../site/site.ts"
import type { Article } from "./article.ts"
import { checkFront, finish, unfinished } from "./check-front.ts"
import { isRelative, lexBody } from "./check-references.ts"
import { findEmbed } from "./embeds.ts"
import { declarations, linkMarks, marksInHtml, shortcodes, unreadMarks } from "./foreign-marks.ts"
import { findTags, readText } from "./html-tags.ts"
import { kinds } from "./kinds.ts"
import { childrenOf, createLocator, isUnseen, lexMarkdown, noteKey, walkShown, withoutDropped } from "./lex-markdown.ts"
import { isClosedFence } from "./members-line.ts"
import { type Mistake, mostMistakes, quote, type Refusal } from "./mistakes.ts"
import { findAddresses, findFile } from "./references.ts"

/** Characters that pages show as U+FFFD (`cleanText`), and U+FFFD itself, which other programs leave behind. */
const lostCharacter = /(?![\t\n\f\r])\p{Cc}|\p{Noncharacter_Code_Point}|\ufffd/gu
const literal = ["a", "pre", "code", "kbd", "samp"]
const notInHtml = "Markdown does not work in an HTML block: put blank lines around the text, or write it in HTML"

/** @param offset finds the place in the body, if the mistake is reported */
type Add = (offset: () => number, message: string, fix: string) => void

/**
 * Finds everything in an article that readers will not see as intended.
 * @param isKept whether pages keep an HTML element
 * @param explainLink returns what is wrong with a link's address, or null. By default, links are not checked
 */
export function checkText(
  article: Article,
  isKept: (element: string) => boolean,
  site: SiteConfig,
  explainLink: (address: string) => Refusal | null = () => null,
): Mistake[] {
  const { body, frontSource, open, members, division } = article
  const { isNote } = kinds[article.kind]
  const mistakes = checkFront(article)
  const tokens = lexBody(article)
  if (tokens === null) return mistakes
  const locate = createLocator(body, tokens)
  const add: Add = (offset, message, fix) => {
    if (mistakes.length >= mostMistakes) return
    mistakes.push({ offset: frontSource.length + offset(), field: "body", message, fix })
  }

  const needsText = article.front.status === "published" && /^(?:article|page)$/.test(article.kind)
  if (needsText && tokens.every(isUnseen)) add(() => 0, "has no text", finish)
  else if (needsText && division === "line" && lexMarkdown(members ?? "").every(isUnseen))
    add(() => open.length, "nothing follows the members-only line", "write the members' part, or remove the line")
  for (const { kind, address, alt, from } of findAddresses(tokens, body)) {
    // The parser already refuses pictures in notes.
    if (kind === "definition" || (kind === "picture" && isNote)) continue
    if (kind === "link" && findFile(address, (file) => article.pictures.includes(file)) !== null) continue
    const wrong = kind === "link" ? explainLink(address) : explainPicture(address, alt, site)
    for (const { message, fix } of wrong === null ? [] : [wrong].flat()) add(() => from, message, fix)
  }
  for (const { index } of body.matchAll(lostCharacter))
    add(() => index, "contains a character that readers see as `\ufffd`", "remove it, or restore the lost character")
  const named = new Set<string>()
  const figures = new Set<Token>()
  walkShown(tokens, (token) => {
    if (token.type === "noteReference") named.add((token as Tokens.Text).text)
    if (token.type === "link" && token.raw.startsWith("[^"))
      add(
        () => locate(token),
        `${quote(token.raw)} is a link, not a footnote`,
        "use a name without spaces, such as `[^name]`, with no bracket right after it",
      )
    if (token.type === "html") {
      for (const { name, from, attributes } of findTags(token.raw)) {
        // Emails keep the text of raw HTML, but none of its elements.
        if ((isKept(name) && !isNote) || (name === "iframe" && isPlayer(attributes.get("src")?.value ?? ""))) continue
        const start = token.raw.slice(from, from + name.length + 1)
        add(() => locate(token, from), `the element \`${start}>\` is not shown to readers`, replace(name))
      }
      for (const { 0: start, index } of readText(token.raw, "\0").matchAll(declarations))
        add(() => locate(token, index), `${quote(start)} is not shown to readers`, replace(""))
      const at = token.raw.lastIndexOf("<!--")
      if (at > token.raw.lastIndexOf("-->"))
        add(() => locate(token, at), "the comment is not closed, and hides what follows", "write `-->` at its end")
    }
    const [only] = token.type === "paragraph" && token.tokens?.length === 1 ? (token.tokens as Tokens.Generic[]) : []
    // A picture alone in a paragraph, bold or not, becomes a figure (render/markdown.ts).
    for (const figure of [only, only?.type === "strong" && only.tokens?.length === 1 && only.tokens[0]])
      if (figure) figures.add(figure)
    if (token.type === "image" && token.title && isRelative(token.href) && !figures.has(token))
      add(
        () => locate(token),
        `the caption ${quote(token.title)} is not shown`,
        "put the picture in a paragraph of its own, outside links and lists",
      )
    const embed = only?.autolink ? findEmbed(only.href) : null
    if (embed !== null)
      add(
        () => locate(token),
        `the ${embed.kind} on ${embed.site} has no title`,
        `write \`[What it shows](${only?.href})\``,
      )
    if (token.type === "code" && token.codeBlockStyle !== "indented" && !isClosedFence(token))
      add(
        () => locate(token),
        "the code block is not closed, so what follows is shown as code",
        "repeat its first marks at its end",
      )
    for (const at of token.type === "table" ? findLongRows(token as Tokens.Table) : [])
      add(
        () => locate(token, at),
        "the table row has more cells than the header, and the last ones are not shown",
        "write `\\|` for a `|` in a cell, or add columns",
      )
    for (const { shown, pieces } of shownTexts(token)) {
      const report = ({ 0: written, index }: RegExpExecArray, message: string, fix: string) =>
        add(() => locateIn(pieces, index, locate), `${quote(written.replace(/\0+/g, "…"))} ${message}`, fix)
      for (const shortcode of shortcodes)
        for (const found of shown.matchAll(shortcode))
          report(found, "is shown as written: shortcodes of other systems are not supported", "write it in Markdown")
      for (const found of shown.matchAll(linkMarks)) {
        const [, mark, inside = ""] = found
        const [, address = "", title = ""] = /^(.*?)(\s+(?:"[^"]*"|'[^']*'))?$/.exec(inside.trim()) ?? []
        if (/\s/.test(address) && !address.includes("{{"))
          report(
            found,
            `is not a ${mark ? "picture" : "link"}, because its address contains a space`,
            `write \`<${address}>${title}\` or \`${address.replaceAll(" ", "%20")}${title}\``,
          )
        else if (found[0].slice(0, found[0].indexOf("](")).includes("\0"))
          report(found, "is not a link, because its text contains a link or footnote", "end the link before it")
      }
      for (const [marks, fix] of token.type === "html" ? [] : unreadMarks)
        for (const found of shown.matchAll(marks)) report(found, "is shown as written", fix)
      for (const found of token.type === "html" ? readText(token.raw, "\0", literal).matchAll(marksInHtml) : [])
        report(found, "is shown as written", notInHtml)
      for (const found of article.front.status === "draft" ? [] : shown.matchAll(unfinished))
        report(found, "is a placeholder", finish)
    }
  })
  const noted = new Set<string>()
  for (const token of tokens) {
    const label = token.type === "note" ? (/\[\^([^\]]+)\]/.exec(token.raw)?.[1] ?? "") : ""
    const key = noteKey(label)
    if (label !== "" && !named.has(key))
      add(
        () => locate(token),
        `no \`[^${label}]\` in the text refers to this note`,
        "add the reference, or remove the note",
      )
    else if (label !== "" && noted.has(key))
      add(
        () => locate(token),
        `the footnote \`[^${label}]\` is defined more than once, and only the other one is shown`,
        "rename one of them",
      )
    noted.add(key)
  }
  const isTeaser = ({ type, raw }: Token) => /^(?:paragraph|html)$/.test(type) && raw.startsWith(open)
  const teaser = division === "teaser" ? tokens.find(isTeaser) : undefined
  const first = teaser === undefined ? 0 : locate(teaser)
  const source = division === "line" ? open : body.slice(first)
  checkLostReferences(source, article, tokens.links, (offset, message, fix) =>
    add(() => first + offset(), message, fix),
  )
  return mistakes
}

function explainPicture(address: string, alt: string, site: SiteConfig) {
  const wrong: Refusal[] = []
  if (address === "") return [{ message: "a picture has no address", fix: "add its file name, or remove the picture" }]
  if (alt.trim() === "")
    wrong.push({ message: `the picture ${quote(address)} has no alt text`, fix: "describe it between `![` and `]`" })
  const where = /^(?:https?:)?\/\//i.test(address) ? "on another site" : "not beside the article"
  const path = address.startsWith(`${site.origin}/`) ? address.slice(site.origin.length) : address
  if (!isRelative(address) && !/^\/(?:media|maps)\//.test(path))
    wrong.push({
      message: `the picture ${quote(address)} is ${where} and will not be shown`,
      fix: "save it beside the article",
    })
  return wrong
}

/** Whether pages show an `<iframe>` with this address, as a card that loads the frame on request. */
const isPlayer = (address: string): boolean => findEmbed(address.replace(/^(?=\/\/)/, "https:")) !== null

/** What to write instead of an element that pages leave out. */
function replace(element: string): string {
  if (/^(?:video|audio)$/.test(element))
    return "write `![What it is](./name.mp4)` for a file beside the article, or link to it"
  if (/^(?:iframe|embed|object|source)$/.test(element)) return "link to it: `[Watch the video](https://…)`"
  if (/^(?:svg|canvas|math)$/.test(element)) return "save it as a picture beside the file"
  if (/^(?:script|style|link|meta)$/.test(element)) return "remove it"
  return "write it in Markdown; if it is text in angle brackets, put it in backticks"
}

/** The offsets in a table's source of rows with text beyond the last column. */
function findLongRows({ raw, header }: Tokens.Table): number[] {
  const rows = [...raw.matchAll(/[^\n]+/g)].slice(2)
  const isLong = ([row]: RegExpExecArray) => {
    const cells = row
      .trim()
      .replace(/^\||(?<!\\)\|$/g, "")
      .split(/(?<!\\)\|/)
    return cells.length > header.length && cells.slice(header.length).join("").trim() !== ""
  }
  return rows.filter(isLong).map(({ index }) => index)
}

/** A token, and the index in the text where its source begins. */
interface Piece {
  readonly token: Token
  readonly at: number
}

/** The prose of a block as shown, with \0 in place of links, pictures, code and comments. */
function* shownTexts(token: Token): Generator<{ shown: string; pieces: readonly Piece[] }> {
  if (token.type === "html") {
    const shown = token.raw.replace(/<!--[\s\S]*?(?:-->|$)/g, (comment: string) => "\0".repeat(comment.length))
    yield { shown, pieces: [{ token, at: 0 }] }
  } else if (token.type === "table") for (const cell of childrenOf(token)) yield flatten(cell)
  else if (/^(?:paragraph|heading|text)$/.test(token.type) && "tokens" in token) yield flatten(token.tokens ?? [])
}

const marks = new Set(["strong", "em", "del"])

function flatten(tokens: readonly Token[]): { shown: string; pieces: readonly Piece[] } {
  let shown = ""
  const pieces: Piece[] = []
  const read = (inside: readonly Token[]) => {
    for (const token of withoutDropped(inside)) {
      if (marks.has(token.type)) {
        read((token as Tokens.Strong).tokens)
        continue
      }
      pieces.push({ token, at: shown.length })
      const isBareAddress = token.type === "link" && !/^[[<]/.test(token.raw)
      // marked sets `escaped` on text after a raw `<code>` or similar tag.
      const isText = (token.type === "text" && !(token as Tokens.Text).escaped) || token.type === "br"
      shown += isText || isBareAddress ? token.raw : "\0"
    }
  }
  read(tokens)
  return { shown, pieces }
}

function locateIn(pieces: readonly Piece[], index: number, locate: ReturnType<typeof createLocator>): number {
  const piece = pieces.findLast(({ at }) => at <= index)
  return piece === undefined ? 0 : locate(piece.token, index - piece.at)
}

/**
 * Finds references whose footnotes or addresses readers cannot see.
 * @param source the text as written, from where its open part begins
 * @param links the definitions in the whole text
 */
function checkLostReferences(source: string, { open, division }: Article, links: object, add: Add): void {
  if (!open.includes(division === "none" ? "[^" : "[")) return
  const tokens = lexMarkdown(open)
  const locate = createLocator(source, tokens)
  walkShown(tokens, (token) => {
    for (const { shown, pieces } of shownTexts(token))
      for (const { 0: written, 1: words = "", 2: label, index } of shown.matchAll(reference)) {
        const name = label || words
        const isNote = noteLabel.test(name)
        const mark = isNote ? `[${name}]` : written
        const what = isNote ? "footnote" : mark.startsWith("!") ? "picture" : "link"
        const isBehind = division !== "none" && Object.hasOwn(links, isNote ? noteKey(name.slice(1)) : linkKey(name))
        const refusal = token.type === "html" ? (isNote ? inHtml : null) : explainReference(name, isNote, isBehind)
        if (refusal === null) continue
        const [message, fix] = refusal
        const place = () => locateIn(pieces, index + written.lastIndexOf(mark), locate)
        add(place, `the ${what} \`${mark}\` ${message}`, fix)
      }
  })
}

const reference = /!?\[([^[\]\n]+)\](?:\[([^[\]\n]*)\])?(?![:(])/g
const noteLabel = /^\^[^\\]{1,99}$/
const linkKey = (label: string) => label.toLowerCase().replace(/\s+/g, " ")
const inHtml = ["is shown as written", notInHtml] as const

/** Why a reference does not work, and the fix. Null for words in brackets that are not a reference. */
function explainReference(name: string, isNote: boolean, isBehind: boolean): readonly [string, string] | null {
  if (isBehind && isNote) return ["is public, but its note is in the members' part", "move the mark or the note"]
  if (isBehind)
    return ["is public, but its address is in the members' part", "write the address in parentheses after it"]
  if (!isNote) return null
  return /\s/.test(name)
    ? ["is shown as written", "write a name without spaces: `[^name]`"]
    : ["has no note", `add the note: \`[${name}]: …\``]
}
