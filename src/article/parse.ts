// The one parser of articles, for CLI and Worker: a file becomes an Article, or all of its mistakes at once.
import * as v from "valibot"
import { type ArticleAddress, parseAddress } from "../site/addresses.ts"
import type { SiteConfig } from "../site/site.ts"
import { slugify } from "../site/slug.ts"
import type { Article } from "./article.ts"
import { checkBounds, mostBytes } from "./bounds.ts"
import { readDate } from "./dates.ts"
import { divideBody } from "./divide.ts"
import { type FrontMatter, FrontMatterSchema, mends } from "./frontmatter.ts"
import type { Problem } from "./problem.ts"
import { nearestKey, readYaml, type YamlMap } from "./yaml.ts"

export interface Parsed {
  readonly article: Article | null
  readonly problems: Problem[]
}

const mostFrontBytes = 64 * 1024

/**
 * Parses one article.
 * @param file path relative to the content folder: `asia/tajikistan/slug.md` is `/asia/tajikistan/slug`
 * @param source the file's text or bytes
 */
export function parseArticle(file: string, source: string | Uint8Array, site: SiteConfig): Parsed {
  const text = decode(source)
  const report = createReport(file, text ?? "")
  if (text === null) {
    report.add(0, "file", "is not UTF-8 text", "save it as UTF-8")
    return { article: null, problems: report.problems }
  }
  if (text.length > mostBytes || (typeof source !== "string" && source.length > mostBytes)) {
    report.add(0, "file", "is larger than 1 MiB", "divide it into several articles")
    return { article: null, problems: report.problems }
  }
  const address = readPath(file, site, report)
  const fences = findFences(text, report)
  if (fences === null) return { article: null, problems: report.problems }
  const front = readFront(text, fences, site, report)
  const body = text.slice(fences.bodyStart)
  const bounds = checkBounds(body)
  if (bounds !== null) report.add(fences.bodyStart + bounds.offset, "body", bounds.message, bounds.fix)
  if (front === null || bounds !== null || address === null) return { article: null, problems: report.problems }
  const divided = divideBody(body, front.values.access)
  for (const found of divided.mistakes) report.add(fences.bodyStart + found.offset, "body", found.message, found.fix)
  const pictures = collectPictures(front.values, body)
  if (report.problems.length > 0) return { article: null, problems: report.problems }
  return {
    article: {
      ...address,
      front: front.values,
      ...front.dates,
      frontSource: text.slice(0, fences.bodyStart),
      body,
      division: divided.division,
      open: divided.open,
      members: divided.members,
      words: countWords(body),
      pictures,
    },
    problems: [],
  }
}

interface Report {
  readonly problems: Problem[]
  add(offset: number, field: string, message: string, fix: string): void
}

function createReport(file: string, text: string): Report {
  const problems: Problem[] = []
  return {
    problems,
    add(offset, field, message, fix) {
      const before = text.slice(0, Math.max(0, Math.min(offset, text.length)))
      const lines = before.split("\n")
      const column = (lines.at(-1)?.length ?? 0) + 1
      problems.push({ file, line: lines.length, column, field, message, fix })
    },
  }
}

function decode(source: string | Uint8Array): string | null {
  if (typeof source === "string") return source.isWellFormed() ? source : null
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(source)
  } catch {
    return null
  }
}

function readPath(file: string, site: SiteConfig, report: Report): Omit<ArticleAddress, "kind"> | null {
  const name = file.replaceAll("\\", "/")
  const path = `/${name.replace(/\.md$/, "")}`
  const address = name.endsWith(".md") ? parseAddress(path, site) : null
  if (address?.kind === "article") {
    const { kind: _, ...place } = address
    return place
  }
  const what = address === null ? "is no address of an article" : `is the address of a ${address.kind} page`
  const places = `regions: ${Object.keys(site.regions).join(", ")}`
  report.add(
    0,
    "path",
    `${path} ${what}`,
    `name the file region/country/slug.md or region/slug.md, a-z 0-9 - only (${places})`,
  )
  return null
}

interface Fences {
  readonly frontStart: number
  readonly frontEnd: number
  readonly bodyStart: number
}

const open = /^---[ \t]*\r?\n/
const close = /^(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/m

/** Where the front matter stands: between `---` on the first line and the next `---` (or `...`). */
function findFences(text: string, report: Report): Fences | null {
  const mark = text.charCodeAt(0) === 0xfeff ? 1 : 0
  const rest = text.slice(mark)
  const first = open.exec(rest)
  if (first === null) {
    const other = /^(?:---[ \t]*\w+|\+\+\+|;;;)/.exec(rest)?.[0]
    const message = other === undefined ? "does not begin with front matter" : `front matter \`${other}\` is not YAML`
    report.add(0, "file", message, "begin the file with a line `---`, then YAML, then a line `---`")
    return null
  }
  const frontStart = mark + first[0].length
  const found = close.exec(text.slice(frontStart, frontStart + mostFrontBytes + 10))
  if (found === null) {
    const long = text.length - frontStart > mostFrontBytes
    report.add(
      0,
      "file",
      long ? "front matter is longer than 64 KiB" : "front matter is not closed",
      "close it with a line `---`",
    )
    return null
  }
  const bodyStart = frontStart + found.index + found[0].length
  const second = /^---[ \t]*\r?\n(?=[\w-]+:)[\s\S]*?^---[ \t]*\r?$/m.exec(
    text.slice(bodyStart, bodyStart + mostFrontBytes),
  )
  if (second?.index === 0) report.add(bodyStart, "file", "has a second front matter", "keep one, and remove the other")
  return { frontStart, frontEnd: frontStart + found.index, bodyStart }
}

interface Front {
  readonly values: FrontMatter
  readonly dates: { publishedAt: number | null; updatedAt: number | null; expiresAt: number | null }
}

function readFront(text: string, fences: Fences, site: SiteConfig, report: Report): Front | null {
  const yaml = readYaml(text.slice(fences.frontStart, fences.frontEnd))
  const at = (offset: number) => fences.frontStart + offset
  for (const found of yaml.mistakes) report.add(at(found.offset), found.field, found.message, found.fix)
  if (yaml.map === null) return null
  const result = v.safeParse(FrontMatterSchema, yaml.map.value)
  if (!result.success) {
    for (const issue of result.issues) reportIssue(issue as v.BaseIssue<unknown>, yaml.map, at, report)
    return null
  }
  if (yaml.mistakes.length > 0) return null
  const values = result.output
  const date = (field: "date" | "updated" | "expires"): number | null => {
    const written = values[field]
    if (written === undefined || (field === "date" && written === "unknown")) return null
    const moment = readDate(written, site.timeZone)
    if (moment === null)
      report.add(
        at(yaml.map?.offsetOf([field]) ?? 0),
        field,
        `\`${written.slice(0, 40)}\` is no date`,
        mends[field] ?? "",
      )
    return moment
  }
  const dates = { publishedAt: date("date"), updatedAt: date("updated"), expiresAt: date("expires") }
  checkValues(values, site, (path, message, fix) => {
    report.add(at(yaml.map?.offsetOf(path) ?? 0), path.join("."), message, fix)
  })
  return { values, dates }
}

function reportIssue(issue: v.BaseIssue<unknown>, map: YamlMap, at: (offset: number) => number, report: Report): void {
  const path = (issue.path ?? []).map((item) => item.key as string | number)
  const field = path.filter((part) => typeof part === "string").join(".") || "file"
  if (issue.type === "strict_object" && issue.expected === "never") {
    const near = nearestKey(String(path.at(-1)))
    const fix = near === null ? "remove it" : `did you mean \`${near}\`? Otherwise remove it`
    report.add(at(map.offsetOf(path)), field, "is not a key of front matter", fix)
    return
  }
  const missing = issue.input === undefined
  const message = missing
    ? "is missing"
    : /^(?:must|is|has|holds)\b/.test(issue.message)
      ? issue.message
      : "has the wrong form"
  report.add(at(map.offsetOf(path)), field, message, mends[field] ?? mends[String(path[0])] ?? "mend or remove it")
}

function checkValues(
  values: FrontMatter,
  site: SiteConfig,
  add: (path: (string | number)[], message: string, fix: string) => void,
): void {
  for (const [index, item] of values.corrections.entries())
    if (readDate(item.date, site.timeZone) === null)
      add(["corrections", index, "date"], `\`${item.date}\` is no date`, "write an ISO date: 2026-11-23")
  for (const key of ["topics", "authors"] as const)
    for (const [index, name] of values[key].entries())
      if (slugify(name) === "") add([key, index], `\`${name}\` has no letter or digit`, "write a name")
  if (values.rights !== undefined && !Object.hasOwn(site.rights, values.rights))
    add(["rights"], `\`${values.rights}\` is no rights profile`, `use one of: ${Object.keys(site.rights).join(", ")}`)
  if (values.translationOf !== undefined && parseAddress(values.translationOf, site)?.kind !== "article")
    add(["translationOf"], `\`${values.translationOf}\` is no article's address`, mends.translationOf ?? "")
  const seen = new Set<string>()
  for (const [index, alias] of values.aliases.entries()) {
    const known = parseAddress(alias, site)
    if ((known !== null && known.kind !== "article") || alias === "/" || alias.startsWith("/desk/"))
      add(["aliases", index], `\`${alias}\` is a page of the site`, "use an address that no page has")
    if (seen.has(alias)) add(["aliases", index], `\`${alias}\` stands twice`, "remove one")
    seen.add(alias)
  }
}

const picture = /!\[[^\]\n]{0,1000}\]\(\s*<?(\.{1,2}\/[^\s)>]{1,200})/g

/** Relative addresses of pictures in front matter and text, each once. */
function collectPictures(values: FrontMatter, body: string): string[] {
  const found = new Set<string>()
  if (values.image !== undefined) found.add(values.image.src)
  if (body.includes("](")) for (const match of body.matchAll(picture)) found.add(match[1] ?? "")
  return [...found]
}

/** Words of a text, roughly: runs of letters and digits; for scripts without spaces, two characters a word. */
export function countWords(text: string): number {
  const words = text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu) ?? []
  let count = 0
  for (const word of words)
    count += /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(word)
      ? Math.ceil(word.length / 2)
      : 1
  return count
}
