// Front matter: its schema, and a reader that returns values and dates, and every mistake with its place and fix.
import * as v from "valibot"
import { reservedSegments } from "../routes.ts"
import { type ArticleAddress, aliasPath, canonicalPath, parseAddress } from "../site/addresses.ts"
import { languagePrefix } from "../site/format-address.ts"
import type { SiteConfig } from "../site/site.ts"
import { nameSlug } from "../site/slug.ts"
import { formatMachineDate, readDate } from "./dates.ts"
import { type Mistake, mostMistakes, nearestKey, quote } from "./mistakes.ts"
import { explainPicture } from "./references.ts"
import { nameField, type Path, readYaml, type YamlMap } from "./yaml.ts"

// Control characters (C0 except tab, and C1), and the two characters that XML 1.0 cannot represent.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are refused
const control = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\ufffe\uffff]/

function text(most: number) {
  return v.pipe(
    v.string("must be text"),
    v.check((value) => value.trim() !== "", "is empty"),
    // Counts code points, roughly what people call characters.
    v.check((value) => value.length <= most * 2 && [...value].length <= most, `is longer than ${most} characters`),
    v.check((value) => !control.test(value), "holds a line break or a control character"),
    v.check((value) => value.isWellFormed(), "holds half a character (a lone surrogate)"),
  )
}

function list<Item extends v.GenericSchema>(item: Item, most: number, what: string, message: string) {
  return v.optional(v.pipe(v.array(item, message), v.maxLength(most, `has more than ${most} ${what}`)), [])
}

const Moment = text(40)
const Address = text(480)
const Access = v.picklist(["open", "members"], "is neither `open` nor `members`")

export const ImageSchema = v.strictObject(
  { src: text(400), alt: text(1000), caption: v.optional(text(1000)), credit: v.optional(text(200)) },
  "must be { src: ./picture.jpg, alt: … }",
)

export const CorrectionSchema = v.strictObject({ date: Moment, text: text(2000) }, "must be { date: …, text: … }")

/** Front matter as editors write it, with dates as text. Unknown keys are refused. */
export const FrontMatterSchema = v.strictObject({
  title: text(200),
  summary: text(300),
  /** ISO date or date-time, or `unknown`. */
  date: Moment,
  updated: v.optional(Moment),
  expires: v.optional(Moment),
  authors: list(text(100), 20, "authors", "must be a list: [ one, two ]"),
  topics: list(text(100), 20, "topics", "must be a list: [ one, two ]"),
  /** Leads the front page and its region until a newer lead appears, for at most three days. */
  lead: v.optional(v.boolean("must be true or false"), false),
  access: v.optional(Access, "open"),
  image: v.optional(ImageSchema),
  map: v.optional(v.boolean("must be true or false"), false),
  /** A rights profile in the site's config. */
  rights: v.optional(text(60)),
  translationOf: v.optional(Address),
  corrections: list(CorrectionSchema, 50, "corrections", "must be a list of { date: …, text: … }"),
  aliases: list(Address, 50, "aliases", "must be a list: [ /old/path ]"),
  status: v.optional(v.picklist(["draft", "published"], "is neither `draft` nor `published`"), "published"),
})

export type FrontMatter = v.InferOutput<typeof FrontMatterSchema>

export interface Front {
  readonly values: FrontMatter
  readonly publishedAt: number | null
  readonly updatedAt: number | null
  readonly expiresAt: number | null
}

type Add = (path: Path, message: string, fix: string) => void

/** Front matter in which only some keys are valid. */
const ReadableSchema = v.object({
  ...FrontMatterSchema.entries,
  ...{
    title: v.optional(v.string(), ""),
    summary: v.optional(v.string(), ""),
    date: v.optional(v.string(), "unknown"),
  },
})

/**
 * Reads the YAML between the fences. Invalid values are left out or replaced by their defaults.
 * @param address the article's own address; null if its path is invalid
 */
export function readFront(
  source: string,
  address: ArticleAddress | null,
  site: SiteConfig,
): { front: Front; mistakes: Mistake[] } {
  const { map, mistakes } = readYaml(source)
  const add: Add = (path, message, fix) =>
    mistakes.push({ offset: map.find(path).value, field: nameField(path), message, fix })
  const unread = new Set(mistakes.map(({ field }) => field))
  refuseUnknown(map, mistakes)
  const read = v.safeParse(FrontMatterSchema, map.value)
  for (const { path = [], input, message } of read.issues ?? []) {
    const keys = path.map(({ key }) => key as string | number)
    const [first = ""] = keys as string[]
    delete map.value[first]
    if (input === undefined && (unread.has(first) || unread.has("file"))) continue
    const what = input === undefined ? "is missing" : input === null ? "is empty" : message
    const isComment = input === null && source[map.find(keys).value] === "#"
    add(keys, what, isComment ? "put the text in quotes: `#` begins a comment" : fixOf(nameField(keys)))
  }
  const written = read.success ? read.output : v.parse(ReadableSchema, map.value)
  checkNames(written, site, add)
  checkPaths(written, address, site, add)
  const values = {
    ...written,
    // Other systems list a name as both tag and category, and an address with and without a trailing slash.
    topics: takeFirst(written.topics, nameSlug),
    authors: takeFirst(written.authors, nameSlug),
    aliases: [...new Set(written.aliases.map((alias) => aliasPath(alias) ?? alias))],
  }
  return { front: { values, ...readMoments(written, site, add) }, mistakes }
}

/** Keeps only the first of any texts that share a key. */
function takeFirst(texts: readonly string[], keyOf: (text: string) => string): string[] {
  const keys = texts.map(keyOf)
  return texts.filter((_, index) => keys.indexOf(keys[index] ?? "") === index)
}

/**
 * The offset in an article's file of the front matter value at a path.
 * @param isItem for a list, selects the first item that it accepts
 */
export function findInFront(frontSource: string, path: Path, isItem?: (text: string) => boolean): number {
  const start = frontSource.indexOf("\n") + 1
  const end = frontSource.trimEnd().lastIndexOf("\n")
  const { value, find } = readYaml(frontSource.slice(start, Math.max(start, end))).map
  const list = value[String(path[0])]
  const index = isItem && Array.isArray(list) ? list.findIndex((item) => isItem(String(item))) : -1
  return start + find(index === -1 ? path : [...path, index]).value
}

/** Removes and reports unknown keys: valibot would report only the first, and accept `toString` as a key. */
function refuseUnknown(map: YamlMap, mistakes: Mistake[]): void {
  const { image, corrections } = map.value
  const maps: [Path, unknown, object][] = [
    [[], map.value, FrontMatterSchema.entries],
    [["image"], image, ImageSchema.entries],
  ]
  for (const [index, item] of (Array.isArray(corrections) ? corrections : []).entries())
    maps.push([["corrections", index], item, CorrectionSchema.entries])
  for (const [path, value, schema] of maps) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) continue
    const known = Object.keys(schema)
    for (const key of Object.keys(value).filter((key) => !known.includes(key))) {
      delete (value as Record<string, unknown>)[key]
      if (mistakes.length >= mostMistakes) continue
      const inside = [...path, key]
      const near = nearestKey(key, known)
      const fix = near === null ? `remove it; the keys are ${known.join(", ")}` : `did you mean \`${near}\`?`
      mistakes.push({ offset: map.find(inside).key, field: nameField(inside), message: "is an unknown key", fix })
    }
  }
}

const fixes: Readonly<Record<string, string>> = {
  title: "write `title: …`, one line of at most 200 characters",
  summary: "write `summary: …`, one line of at most 300 characters: the standfirst, the teaser, the card",
  date: "write `date: 2026-11-23`, a date-time as 2026-11-23T09:30+01:00, or `unknown`",
  updated: "write `updated: 2026-11-23`, a date-time as 2026-11-23T09:30+01:00, or remove it",
  expires: "write `expires: 2026-11-23`, a date-time as 2026-11-23T09:30+01:00, or remove it",
  authors: "write `authors: [ Name, Name ]`, at most 20 of at most 100 characters",
  topics: "write `topics: [ water, health ]`, at most 20 of at most 100 characters",
  access: "write `access: open` or `access: members`",
  image: "write `image: { src: ./picture.jpg, alt: what it shows }`",
  "image.alt": "describe the picture in `alt` for people who cannot see it",
  lead: "write `lead: true` or `lead: false`",
  map: "write `map: true` or `map: false`",
  rights: "name a rights profile of the site's config, or remove it",
  translationOf: "write the original's address: /region/country/slug",
  corrections: "write `corrections: [ { date: 2026-11-23, text: what was wrong } ]`, at most 50",
  aliases: "write `aliases: [ /old/path ]`, at most 50",
  status: "write `status: draft` or `status: published`",
}

function fixOf(field: string): string {
  return fixes[field] ?? fixes[field.split(".")[0] as string] ?? "fix it or remove it"
}

function readMoments(values: FrontMatter, site: SiteConfig, add: Add): Omit<Front, "values"> {
  const read = (path: Path, written: string): number | null => {
    const moment = readDate(written, site.timeZone)
    if (moment === null) add(path, `${quote(written)} is not a date`, fixOf(nameField(path)))
    return moment
  }
  const refuseFuture = (path: Path, moment: number | null) => {
    if (moment !== null && moment > Date.now())
      add(path, "is in the future", "write when it happened, or wait until then")
  }
  for (const [index, correction] of values.corrections.entries()) {
    const path = ["corrections", index, "date"]
    const moment = read(path, correction.date)
    refuseFuture(path, moment)
    // The ledger sorts corrections by date, so dates are stored in one format.
    if (moment !== null) correction.date = formatMachineDate(moment, site.timeZone)
  }
  const publishedAt = values.date === "unknown" ? null : read(["date"], values.date)
  const updatedAt = values.updated === undefined ? null : read(["updated"], values.updated)
  const expiresAt = values.expires === undefined ? null : read(["expires"], values.expires)
  refuseFuture(["updated"], updatedAt)
  if (publishedAt !== null && updatedAt !== null && endOfDay(updatedAt, values.updated) < publishedAt)
    add(["updated"], "is before `date`", "change one of the two, or remove `updated`")
  if (publishedAt !== null && expiresAt !== null && expiresAt <= publishedAt)
    add(["expires"], "is not after `date`: nobody could ever read the article", "change one of the two")
  return { publishedAt, updatedAt, expiresAt }
}

/** The last moment that a date as written covers: without a time, it is the whole day. */
function endOfDay(moment: number, written = ""): number {
  return /\d:\d/.test(written) ? moment : moment + 86_399_999
}

function checkNames({ topics, authors, rights }: FrontMatter, site: SiteConfig, add: Add): void {
  for (const [key, names] of Object.entries({ topics, authors }))
    for (const [index, name] of names.entries())
      if (nameSlug(name) === "") add([key, index], `${quote(name)} has no letter or digit`, "write a name")
  if (rights !== undefined && !Object.hasOwn(site.rights, rights)) {
    const profiles = Object.keys(site.rights)
    const near = nearestKey(rights, profiles)
    const fix = near ? `did you mean \`${near}\`?` : `use one of: ${profiles.join(", ") || "(none yet)"}`
    add(["rights"], `${quote(rights)} is not a rights profile of the site`, fix)
  }
}

function checkPaths(values: FrontMatter, address: ArticleAddress | null, site: SiteConfig, add: Add): void {
  const { image, translationOf, aliases } = values
  const wrong = image && explainPicture(image.src, address)
  if (wrong) add(["image", "src"], wrong.message, wrong.fix)
  if (translationOf !== undefined) checkTranslation(translationOf, address, site, add)
  for (const [index, alias] of aliases.entries()) {
    const refusal = aliases.indexOf(alias) < index ? listedTwice : explainAlias(alias, address, site)
    if (refusal) add(["aliases", index], `${quote(alias)} ${refusal.message}`, refusal.fix)
  }
}

const listedTwice = { message: "is listed twice", fix: "keep one of the two" }

function checkTranslation(path: string, address: ArticleAddress | null, site: SiteConfig, add: Add): void {
  const original = parseAddress(path, site)
  const meant = canonicalPath(URL.parse(path, site.origin)?.pathname.replace(/\.md$/, "") ?? "")?.path ?? ""
  const fix = parseAddress(meant, site)?.kind === "article" ? `write ${meant}` : fixOf("translationOf")
  if (original?.kind !== "article") add(["translationOf"], `${quote(path)} is not an article's address`, fix)
  else if (address !== null && original.path === address.path)
    add(["translationOf"], "is this article's own address", fixOf("translationOf"))
  else if (address !== null && original.language === address.language)
    add(["translationOf"], `${quote(path)} is in the same language`, "name an article in another language")
}

/** Why an alias cannot redirect to the article; null if it can. */
function explainAlias(
  alias: string,
  address: ArticleAddress | null,
  site: SiteConfig,
): { message: string; fix: string } | null {
  const path = aliasPath(alias)
  if (alias.startsWith("//")) return { message: "is not a canonical address", fix: `write ${path ?? "/old/path"}` }
  if (path === null) {
    const bare = alias.split(/[?#]/)[0] ?? ""
    if (bare !== alias && bare !== "/" && aliasPath(bare) !== null)
      return { message: "cannot be an address of this site", fix: `leave out what follows the path: ${bare}` }
    const inside = /^https?:\/\/[^/]+(\/.*)/.exec(alias)?.[1] ?? (/^[\w%]/.test(alias) ? `/${alias}` : "/old/path")
    return { message: "cannot be an address of this site", fix: `write a path that begins with one slash: ${inside}` }
  }
  if (path === address?.path) return { message: "is this article's own address", fix: "remove it" }
  const known = parseAddress(path, site)
  const segments = path.slice(1).split("/")
  const prefixed = site.languages.some((language) => languagePrefix(language, site) === `/${segments[0]}`)
  const isReserved = reservedSegments.has((prefixed ? segments[1] : segments[0]) ?? "")
  if (isReserved || (known !== null && known.kind !== "article"))
    return { message: "is a page of the site", fix: "use an address that no page has" }
  return null
}
