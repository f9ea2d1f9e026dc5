// The content parser, shared by the CLI and the Worker: turns a file into an Article or a list of all its mistakes.
import { decodeHTMLStrict } from "entities/decode"
import { canonicalPath, parseAddress } from "../site/addresses.ts"
import { fileOf, languagePrefix, pathOf } from "../site/format-address.ts"
import { countriesOf } from "../site/places.ts"
import type { Problem } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import { slugify } from "../site/slug.ts"
import type { Access, Article } from "./article.ts"
import { checkBounds } from "./bounds.ts"
import { explainPicture, isRelative } from "./check-references.ts"
import { type Kind, kinds, parseContent } from "./kinds.ts"
import { lexMarkdown } from "./lex-markdown.ts"
import { isRecordingName } from "./media-types.ts"
import { divideBody } from "./members-line.ts"
import { explainUnreadable, type Mistake, nearestKey, quote, toProblems } from "./mistakes.ts"
import { readFront } from "./read-front-matter.ts"
import { findAddresses } from "./references.ts"
import { useDecoder } from "./text.ts"

// The parser uses the full table of character references. Readers' pages load it only when needed.
useDecoder(decodeHTMLStrict)

export interface Parsed {
  /** Null if there are any problems. */
  readonly article: Article | null
  /** The article as far as it can be read despite its problems, so that `check` can look for more. */
  readonly readable: Article | null
  readonly problems: readonly Problem[]
}

/**
 * Parses one content file.
 * @param file path relative to the content folder: `asia/tajikistan/slug.md` becomes `/asia/tajikistan/slug`
 * @param source the file's text or bytes
 */
export function parseArticle(file: string, source: string | Uint8Array, site: SiteConfig): Parsed {
  const mistakes: Mistake[] = []
  const text = decodeSource(source, mistakes)
  const { kind, address } = readPath(file, site, mistakes)
  const fences = text === null ? null : findFences(text, kinds[kind].isNote, mistakes)
  if (text === null || fences === null)
    return { article: null, readable: null, problems: toProblems(file, text ?? "", mistakes) }

  const shifted = (found: readonly Mistake[], by: number) =>
    mistakes.push(...found.map((mistake) => ({ ...mistake, offset: mistake.offset + by })))
  const { front, mistakes: wrong } = readFront(text.slice(fences.frontStart, fences.frontEnd), { kind, address }, site)
  shifted(wrong, fences.frontStart)
  const body = text.slice(fences.bodyStart)
  const read = readBody(body, front.values.access, { kind, address }, site)
  shifted(read.mistakes, fences.bodyStart)
  const problems = toProblems(file, text, mistakes)
  if (address === null) return { article: null, readable: null, problems }

  const { language, region, country, slug, path } = address
  const { values, ...moments } = front
  const readable = {
    ...{ kind, path, language, region, country, slug, front: values },
    ...moments,
    frontSource: text.slice(0, fences.bodyStart),
    ...read.text,
    // Leaves out refused pictures: if they were missing too, each would be reported twice.
    pictures: [...new Set([values.image?.src ?? "", ...read.pictures])].filter(
      (src) => explainPicture(src, file, true) === null,
    ),
  }
  return { article: problems.length > 0 ? null : readable, readable, problems }
}

/** The largest article file, in bytes of UTF-8. */
const mostBytes = 1024 * 1024
const mostFrontBytes = 64 * 1024

/** A file's text, or null if it is refused. A byte order mark is kept. */
function decodeSource(source: string | Uint8Array, mistakes: Mistake[]): string | null {
  const refuse = (message: string, fix = "save it as UTF-8") => {
    mistakes.push(fileMistake(message, fix))
    return null
  }
  if (typeof source === "string" ? isLonger(source, mostBytes) : source.length > mostBytes)
    return refuse("is larger than 1 MiB", "split it into several articles")
  if (typeof source === "string")
    return source.isWellFormed() ? source : refuse("contains an invalid character (a lone surrogate)")
  if ((source[0] === 0xff && source[1] === 0xfe) || (source[0] === 0xfe && source[1] === 0xff))
    return refuse("is saved as UTF-16")
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(source)
  } catch {
    return refuse("is not UTF-8 text")
  }
}

const fileMistake = (message: string, fix: string, offset = 0): Mistake => ({ offset, field: "file", message, fix })

/** Whether the text takes more than `most` bytes in UTF-8. */
function isLonger(text: string, most: number): boolean {
  return text.length > most || new TextEncoder().encode(text).length > most
}

const opening = /^---[ \t]*\r?\n/
const closing = /^(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/m
const otherLanguage = /^(?:---[ \t]*[\w-]+|\+\+\+|;;;|\{[ \t]*\r?\n)/
// A second block that begins with a key: two files may have been joined, and it is unclear which one should count.
const secondFront = /^---[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*["']?[\w-]+["']?[ \t]*:/

/**
 * Finds the front matter, which begins with `---` as the first line and ends at the next line `---` (or `...`).
 * @param optional whether the file may omit front matter
 * @returns offsets in the text, or null if the front matter is missing or unclosed
 */
function findFences(text: string, optional: boolean, mistakes: Mistake[]) {
  const refuse = (mistake: Mistake) => {
    mistakes.push(mistake)
    return null
  }
  const mark = text.charCodeAt(0) === 0xfeff ? 1 : 0
  const first = opening.exec(text.slice(mark, mark + 1000))
  if (first === null) {
    const wrong = explainStart(text.slice(mark, mark + 200), optional)
    return wrong === null ? { frontStart: mark, frontEnd: mark, bodyStart: mark } : refuse(wrong)
  }
  const frontStart = mark + first[0].length
  const found = closing.exec(text.slice(frontStart, frontStart + mostFrontBytes + 10))
  const front = text.slice(frontStart, frontStart + (found?.index ?? mostFrontBytes + 1))
  const endIt = "end the front matter with a line `---`"
  if (isLonger(front, mostFrontBytes)) return refuse(fileMistake("has more than 64 KiB of front matter", endIt))
  if (found === null) return refuse(fileMistake("has front matter that is not closed", endIt))
  const frontEnd = frontStart + found.index
  const bodyStart = frontEnd + found[0].length
  const second = secondFront.exec(text.slice(bodyStart, bodyStart + mostFrontBytes))
  if (second && closing.test(text.slice(bodyStart + 4, bodyStart + mostFrontBytes)))
    refuse(fileMistake("has a second front matter block", "keep one `---` block", bodyStart))
  return { frontStart, frontEnd, bodyStart }
}

/** Why a file does not begin with front matter; null if it is optional and the file begins with its text. */
function explainStart(start: string, optional: boolean): Mistake | null {
  const fix = "begin with a `---` line, then `title: …` and the other keys, then another `---` line"
  if (start.trim() === "") return fileMistake("is empty", optional ? "write the note, in Markdown" : fix)
  const language = otherLanguage.exec(start)?.[0].trim()
  if (language !== undefined) return fileMistake(`begins with \`${language}\`: front matter must be YAML`, fix)
  if (/^\s+---/.test(start)) return fileMistake("begins with an empty line or a space", "move `---` to the very start")
  const key = /^(?:title|stories|status)(?=[ \t]*:)/.exec(start)?.[0]
  if (optional && key !== undefined) return fileMistake(`begins with \`${key}:\`, which is not in front matter`, fix)
  return optional ? null : fileMistake("has no front matter", fix)
}

type Place = ReturnType<typeof parseContent>

function readPath(file: string, site: SiteConfig, mistakes: Mistake[]): Place {
  const name = file.replaceAll("\\", "/")
  const path = pathOf(name, site)
  const found = parseContent(path, site)
  if (found.address !== null && name === fileOf(path, site)) return found
  mistakes.push({ offset: 0, field: "path", ...explainPath(path, file, found.kind, site) })
  return { ...found, address: null }
}

function explainPath(path: string, file: string, kind: Kind, site: SiteConfig) {
  const regions = Object.keys(site.regions).join(", ")
  const fix =
    kind === "article"
      ? !file.startsWith(path.slice(1))
        ? "choose another name"
        : `name it region/country/slug.md or region/slug.md, using a-z, 0-9 and hyphens (regions: ${regions})`
      : kind === "page" || kind === "author"
        ? `if it is a ${kind === "page" ? "static page" : "biography"}, name it ${fileOf(path, site)}`
        : `name it after the date of the edition: ${kind}/2026-11-23.md`
  if (!file.endsWith(".md")) return { message: `${quote(file)} is not a Markdown file`, fix }
  const page = kind === "article" ? parseAddress(path, site)?.kind : undefined
  if (page !== undefined) return { message: `${quote(path)} is the address of another page (${page})`, fix }
  const canonical = pathOf(canonicalPath(path)?.slice(1) ?? "", site)
  if (canonical !== path && parseContent(canonical, site).address !== null)
    return { message: `${quote(path)} is not a canonical address`, fix: `name it ${fileOf(canonical, site)}` }
  if (kind === "digest" || kind === "headlines")
    return { message: `${quote(path)} does not end with the date of an edition`, fix }
  const meant = guessPath(path, site)
  return {
    message: `${quote(path)} cannot be an article's address`,
    fix: meant ? `name it ${fileOf(meant, site)}` : fix,
  }
}

/** The article path that was most likely meant, with the nearest region or country and a valid slug; or null. */
export function guessPath(path: string, site: SiteConfig): string | null {
  const parts = path
    .replace(/\/_?index$/, "")
    .split("/")
    .slice(1)
    .map(slugify)
  const language = site.languages.find((one) => one.toLowerCase() === parts[0])
  const place = parts.slice(language === undefined ? 0 : 1, -1).join("/")
  const places = Object.keys(site.regions).flatMap((region) => [
    region,
    ...countriesOf(region, site).map(({ slug }) => `${region}/${slug}`),
  ])
  const meant = `${languagePrefix(language ?? site.languages[0], site)}/${nearestKey(place, places)}/${parts.at(-1)}`
  return parseAddress(meant, site)?.kind === "article" ? meant : null
}

const unread = { text: { body: "", division: "unread", open: "", members: null }, pictures: [] } as const

/** Checks and divides a body and finds its pictures, lexing it at most once. */
function readBody(body: string, access: Access, { kind, address }: Place, site: SiteConfig) {
  const outOfBounds = checkBounds(body)
  if (outOfBounds !== null) return { ...unread, mistakes: [outOfBounds] }
  const { undivided, isNote } = kinds[kind]
  try {
    const tokens = /!\[|<img|\.(?:m(?:p[34]|4a)|ogg|webm)\b/i.test(body) ? lexMarkdown(body) : undefined
    const { mistakes, ...divided } = divideBody(body, !isNote || body.trim() !== "" ? access : "open", tokens)
    const first = new Map<string, number>()
    const wrong: Mistake[] = []
    const add = (offset: number, message: string, fix: string) => wrong.push({ offset, field: "body", message, fix })
    if (undivided !== null && divided.division === "line")
      add(divided.open.length, "a members-only line is not allowed here", undivided)
    for (const { kind: what, address: src, from } of tokens === undefined ? [] : findAddresses(tokens, body)) {
      const isRecording = what === "link" && !isNote && isRelative(src) && isRecordingName(src)
      if (what !== "picture" && !isRecording) continue
      if (isNote) add(from, `the picture ${quote(src)} cannot be in an email`, "link to it, or to its article")
      else if (isRelative(src) && !first.has(src)) first.set(src, from)
    }
    for (const [src, offset] of first) {
      const refusal = explainPicture(src, address && fileOf(address.path, site), true)
      if (refusal !== null) add(offset, `${quote(src)} ${refusal.message}`, refusal.fix)
    }
    return { text: { body, ...divided }, pictures: [...first.keys()], mistakes: [...mistakes, ...wrong] }
  } catch (error) {
    // marked has bugs: it throws on some texts, and overflows the stack on some that are deeply nested.
    return { ...unread, mistakes: [explainUnreadable(body, error)] }
  }
}
