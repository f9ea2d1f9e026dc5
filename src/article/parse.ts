// The one parser of articles, for CLI and Worker: a file becomes an Article, or all of its mistakes at once.
import type { Token } from "marked"
import { type ArticleAddress, parseAddress } from "../site/addresses.ts"
import { canonicalPath } from "../site/canonical.ts"
import type { Problem } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import type { Article } from "./article.ts"
import { checkBounds } from "./bounds.ts"
import { type Divided, divideBody } from "./divide.ts"
import { decodeSource, findFences } from "./fences.ts"
import { readFront } from "./front.ts"
import type { FrontMatter } from "./frontmatter.ts"
import { collectPictures, explainPicture } from "./pictures.ts"
import { createReport, type Mistake, quote } from "./report.ts"
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
  if ("mistake" in decoded) report.add(decoded.mistake)
  const { fences, mistake: wrongFences } = "text" in decoded ? findFences(text) : noFences
  if (wrongFences) report.add(wrongFences)
  if (fences === null) return { article: null, problems: report.problems }

  const { front, mistakes } = readFront(text.slice(fences.frontStart, fences.frontEnd), address, site)
  for (const mistake of mistakes) report.add(mistake, fences.frontStart)
  const body = text.slice(fences.bodyStart)
  const read = readBody(body, front?.values ?? null, address)
  for (const mistake of read.mistakes) report.add(mistake, fences.bodyStart)
  if (report.problems.length > 0 || front === null || address === null || read.divided === null)
    return { article: null, problems: report.problems }

  const { language, region, country, slug, path } = address
  const { values, publishedAt, updatedAt, expiresAt } = front
  const { division, open, members } = read.divided
  const place = { path, language, region, country, slug }
  const texts = { frontSource: text.slice(0, fences.bodyStart), body, division, open, members }
  const { pictures } = read
  const article = {
    ...place,
    front: values,
    publishedAt,
    updatedAt,
    expiresAt,
    ...texts,
    pictures,
    // Counted for whoever asks: it takes a fourth of the time of all else.
    get words() {
      return countWords(body)
    },
  }
  return { article, problems: [] }
}

const noFences = { fences: null, mistake: null }

function readPath(file: string, site: SiteConfig): { address: ArticleAddress | null; mistake: Mistake | null } {
  const path = `/${file.replaceAll("\\", "/").replace(/\.md$/, "")}`
  const address = file.endsWith(".md") ? parseAddress(path, site) : null
  if (address?.kind === "article") return { address, mistake: null }
  return { address: null, mistake: { offset: 0, field: "path", ...explainPath(path, file, address?.kind, site) } }
}

function explainPath(path: string, file: string, kind: string | undefined, site: SiteConfig) {
  const regions = Object.keys(site.regions).join(", ")
  const fix = `name it region/country/slug.md or region/slug.md, in a-z 0-9 - (the regions: ${regions})`
  if (!file.endsWith(".md")) return { message: `${quote(file)} is no markdown file`, fix }
  if (kind !== undefined) return { message: `${quote(path)} is the address of a page of the site (${kind})`, fix }
  const canonical = canonicalPath(path)?.path
  if (canonical !== undefined && canonical !== path && parseAddress(canonical, site)?.kind === "article")
    return { message: `${quote(path)} is not as addresses are written here`, fix: `name it ${canonical.slice(1)}.md` }
  return { message: `${quote(path)} can be no article's address`, fix }
}

interface Body {
  readonly divided: Divided | null
  readonly pictures: readonly string[]
  readonly mistakes: readonly Mistake[]
}

/** What the text is to a reader; read once. `front` is null when it is wrong: then the line's mistakes are found all the same. */
function readBody(body: string, front: FrontMatter | null, address: ArticleAddress | null): Body {
  const outOfBounds = checkBounds(body)
  if (outOfBounds !== null) return { divided: null, pictures: [], mistakes: [outOfBounds] }
  const image = front?.image === undefined ? [] : [front.image.src]
  const access = front?.access ?? "members"
  let tokens: readonly Token[] | undefined
  let divided: Divided
  try {
    if (/!\[|<img/i.test(body)) tokens = lexMarkdown(body)
    divided = divideBody(body, access, tokens)
  } catch (error) {
    // marked has bugs: it throws at some texts, and overflows its stack on some of what nests too deeply.
    return { divided: null, pictures: [], mistakes: [explainUnreadable(body, error)] }
  }
  const pictures = collectPictures(tokens ?? [])
  const mistakes = [...divided.mistakes]
  for (const src of pictures) {
    const wrong = explainPicture(src, address)
    if (wrong)
      mistakes.push({
        offset: Math.max(0, body.indexOf(src)),
        field: "body",
        ...wrong,
        message: `${quote(src)} ${wrong.message}`,
      })
  }
  return { divided, pictures: [...new Set([...image, ...pictures])], mistakes }
}
