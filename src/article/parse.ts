// The one parser of articles, for CLI and Worker: a file becomes an Article, or a list of all its mistakes.
import type { Token } from "marked"
import { type ArticleAddress, parseAddress } from "../site/addresses.ts"
import { canonicalPath } from "../site/canonical.ts"
import type { Problem } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import type { Article, FrontMatter } from "./article.ts"
import { checkBounds } from "./bounds.ts"
import { type Divided, divideBody } from "./divide.ts"
import { readFront } from "./front-matter.ts"
import { createReport, type Mistake, quote } from "./mistakes.ts"
import { collectPictures, explainPicture } from "./references.ts"
import { explainUnreadable, lexMarkdown } from "./tokens.ts"
import { countWords } from "./words.ts"

export interface Parsed {
  /** Null when there is any problem. */
  readonly article: Article | null
  readonly problems: readonly Problem[]
}

/**
 * Parses one article.
 * @param file path relative to the content folder: `asia/tajikistan/slug.md` is `/asia/tajikistan/slug`
 * @param source the file's text or bytes
 */
export function parseArticle(file: string, source: string | Uint8Array, site: SiteConfig): Parsed {
  const decoded = decodeSource(source)
  const text = "text" in decoded ? decoded.text : ""
  const report = createReport(file, text)
  const { address, mistake: wrongPath } = readPath(file, site)
  if (wrongPath) report.add(wrongPath)
  const { fences, mistake: wrongFile } = "text" in decoded ? findFences(text) : { fences: null, ...decoded }
  if (wrongFile) report.add(wrongFile)
  if (fences === null) return { article: null, problems: report.problems }

  const { front, mistakes } = readFront(text.slice(fences.frontStart, fences.frontEnd), address, site)
  for (const mistake of mistakes) report.add(mistake, fences.frontStart)
  const body = text.slice(fences.bodyStart)
  const read = readBody(body, front?.values ?? null, address)
  for (const mistake of read.mistakes) report.add(mistake, fences.bodyStart)
  if (report.problems.length > 0 || front === null || address === null || read.divided === null)
    return { article: null, problems: report.problems }

  const { language, region, country, slug, path } = address
  const { values, ...moments } = front
  const { division, open, members } = read.divided
  const article = {
    ...{ path, language, region, country, slug, front: values },
    ...moments,
    ...{ frontSource: text.slice(0, fences.bodyStart), body, division, open, members, pictures: read.pictures },
    // Counted only when asked for: it takes a quarter of the time of everything else.
    get words() {
      return countWords(body)
    },
  }
  return { article, problems: [] }
}

/** Markdown of one article, bytes of UTF-8. */
const mostBytes = 1024 * 1024
const mostFrontBytes = 64 * 1024

/** A file's text, or what is wrong with its bytes. A byte order mark stays in the text. */
function decodeSource(source: string | Uint8Array): { text: string } | { mistake: Mistake } {
  const utf8 = "save it as UTF-8"
  if (typeof source === "string" ? isLonger(source, mostBytes) : source.length > mostBytes)
    return { mistake: fileMistake("is larger than 1 MiB", "divide it into several articles") }
  if (typeof source === "string")
    return source.isWellFormed()
      ? { text: source }
      : { mistake: fileMistake("has half a character (a lone surrogate) in it", utf8) }
  if ((source[0] === 0xff && source[1] === 0xfe) || (source[0] === 0xfe && source[1] === 0xff))
    return { mistake: fileMistake("is saved as UTF-16", utf8) }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(source) }
  } catch {
    return { mistake: fileMistake("is not UTF-8 text", utf8) }
  }
}

function fileMistake(message: string, fix: string, offset = 0): Mistake {
  return { offset, field: "file", message, fix }
}

/** Whether the text takes more than `most` bytes of UTF-8. */
function isLonger(text: string, most: number): boolean {
  if (text.length * 3 <= most) return false
  return text.length > most || new TextEncoder().encode(text).length > most
}

interface Fences {
  /** Where the YAML begins. */
  readonly frontStart: number
  readonly frontEnd: number
  readonly bodyStart: number
}

const opening = /^---[ \t]*\r?\n/
const closing = /^(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/m
const otherLanguage = /^(?:---[ \t]*[\w-]+|\+\+\+|;;;|\{[ \t]*\r?\n)/
// A second block that begins with a key: two files were joined, and nobody can know which of the two should count.
const secondFront = /^---[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*["']?[\w-]+["']?[ \t]*:/

/** Front matter is between a first line `---` and the next `---` (or `...`). There may be a mistake beside fences. */
function findFences(text: string): { fences: Fences | null; mistake: Mistake | null } {
  const mark = text.charCodeAt(0) === 0xfeff ? 1 : 0
  const first = opening.exec(text.slice(mark, mark + 1000))
  if (first === null) return { fences: null, mistake: explainStart(text.slice(mark, mark + 200)) }
  const frontStart = mark + first[0].length
  const found = closing.exec(text.slice(frontStart, frontStart + mostFrontBytes + 10))
  const front = text.slice(frontStart, frontStart + (found?.index ?? mostFrontBytes + 1))
  const endIt = "end the front matter with a line `---`"
  if (isLonger(front, mostFrontBytes))
    return { fences: null, mistake: fileMistake("has more than 64 KiB of front matter", endIt) }
  if (found === null) return { fences: null, mistake: fileMistake("has front matter that does not end", endIt) }
  const frontEnd = frontStart + found.index
  const bodyStart = frontEnd + found[0].length
  const second = secondFront.exec(text.slice(bodyStart, bodyStart + mostFrontBytes))
  const again = second && closing.test(text.slice(bodyStart + 4, bodyStart + mostFrontBytes))
  const mistake = again ? fileMistake("has a second front matter", "keep one `---` block", bodyStart) : null
  return { fences: { frontStart, frontEnd, bodyStart }, mistake }
}

function explainStart(start: string): Mistake {
  const fix = "begin with a line `---`, then `title: …` and the other keys, then a line `---`"
  if (start.trim() === "") return fileMistake("is empty", fix)
  const language = otherLanguage.exec(start)?.[0].trim()
  if (language !== undefined) return fileMistake(`begins with \`${language}\`: front matter is YAML only`, fix)
  if (/^\s+---/.test(start)) return fileMistake("begins with an empty line or a space", "move `---` to the very start")
  return fileMistake("has no front matter", fix)
}

function readPath(file: string, site: SiteConfig): { address: ArticleAddress | null; mistake: Mistake | null } {
  const path = `/${file.replaceAll("\\", "/").replace(/\.md$/, "")}`
  const address = file.endsWith(".md") ? parseAddress(path, site) : null
  if (address?.kind === "article") return { address, mistake: null }
  return { address: null, mistake: { offset: 0, field: "path", ...explainPath(path, file, address?.kind, site) } }
}

function explainPath(path: string, file: string, kind: string | undefined, site: SiteConfig) {
  const regions = Object.keys(site.regions).join(", ")
  const fix = `name it region/country/slug.md or region/slug.md, in a-z 0-9 - (the regions: ${regions})`
  if (!file.endsWith(".md")) return { message: `${quote(file)} is not a Markdown file`, fix }
  if (kind !== undefined) return { message: `${quote(path)} is the address of a page of the site (${kind})`, fix }
  const canonical = canonicalPath(path)?.path
  if (canonical !== undefined && canonical !== path && parseAddress(canonical, site)?.kind === "article")
    return { message: `${quote(path)} is not a canonical address`, fix: `name it ${canonical.slice(1)}.md` }
  return { message: `${quote(path)} cannot be an article's address`, fix }
}

interface Body {
  readonly divided: Divided | null
  readonly pictures: readonly string[]
  readonly mistakes: readonly Mistake[]
}

/** Reads the text once. `front` is null when it is wrong: mistakes of the members-only line are found all the same. */
function readBody(body: string, front: FrontMatter | null, address: ArticleAddress | null): Body {
  const outOfBounds = checkBounds(body)
  if (outOfBounds !== null) return { divided: null, pictures: [], mistakes: [outOfBounds] }
  let tokens: readonly Token[] | undefined
  let divided: Divided
  try {
    if (/!\[|<img/i.test(body)) tokens = lexMarkdown(body)
    divided = divideBody(body, front?.access ?? "members", tokens)
  } catch (error) {
    // marked has bugs: it throws at some texts, and overflows its stack on some that nest too deeply.
    return { divided: null, pictures: [], mistakes: [explainUnreadable(body, error)] }
  }
  const pictures = collectPictures(tokens ?? [])
  const mistakes = [...divided.mistakes]
  for (const src of pictures) {
    const wrong = explainPicture(src, address)
    if (wrong === null) continue
    const offset = Math.max(0, body.indexOf(src))
    mistakes.push({ offset, field: "body", message: `${quote(src)} ${wrong.message}`, fix: wrong.fix })
  }
  const image = front?.image === undefined ? [] : [front.image.src]
  return { divided, pictures: [...new Set([...image, ...pictures])], mistakes }
}
