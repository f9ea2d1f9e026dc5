// Reads front matter into values and dates, and reports every mistake with its position and fix.
import * as v from "valibot"
import { reservedSegments } from "../routes.ts"
import { type ArticleAddress, aliasPath, canonicalPath, parseAddress } from "../site/addresses.ts"
import { fileOf, languagePrefix } from "../site/format-address.ts"
import type { SiteConfig } from "../site/site.ts"
import { nameSlug } from "../site/slug.ts"
import { explainPicture } from "./check-references.ts"
import { formatMachineDate, readDate, readEnd } from "./dates.ts"
import { CorrectionSchema, type FrontMatter, FrontMatterSchema, ImageSchema, NoteSchema } from "./front-matter.ts"
import { type ContentAddress, type Kind, kinds } from "./kinds.ts"
import { type Mistake, mostMistakes, nearestKey, quote, type Refusal } from "./mistakes.ts"
import { nameField, type Path, readYaml, type YamlMap } from "./yaml.ts"

type Add = (path: Path, message: string, fix: string) => void

/** Front matter that may lack some keys: invalid ones, and those that this kind of content does not have. */
const ReadableSchema = v.object({
  ...FrontMatterSchema.entries,
  stories: NoteSchema.entries.stories,
  ...{
    title: v.optional(v.string(), ""),
    summary: v.optional(v.string(), ""),
    date: v.optional(v.string(), "unknown"),
    image: v.optional(v.object({ ...ImageSchema.entries, alt: v.optional(v.string(), "") })),
  },
})

/**
 * Reads the YAML between the fences. Invalid values are left out or replaced by their defaults, except that `access` is
 * `members` if that may be what the author meant.
 * @param address the content's own address; null if its path is invalid
 */
export function readFront(
  source: string,
  { kind, address }: { kind: Kind; address: ContentAddress | null },
  site: SiteConfig,
) {
  const { front: schema, access, isNote } = kinds[kind]
  // A note needs no front matter.
  const { map, mistakes } = readYaml(isNote && source.trim() === "" ? "{}" : source)
  /** For each list, the original indexes of the items that remain once invalid ones are removed. */
  const places = new Map<unknown, readonly number[]>()
  const add: Add = (path, message, fix) => {
    const written = path.map((part, depth) => (depth === 1 ? (places.get(path[0])?.[Number(part)] ?? part) : part))
    mistakes.push({ offset: map.find(written).value, field: nameField(path), message, fix })
  }
  const unread = new Set(mistakes.map(({ field }) => field))
  const misspelt = refuseUnknown(map, source, Object.keys(schema.entries), mistakes)
  // Other systems write an empty list as `topics:` without a value.
  for (const key of ["authors", "topics", "corrections", "aliases"])
    if (map.value[key] === null && source[map.find([key]).value] !== "#") delete map.value[key]
  const read = v.safeParse(schema, map.value)
  const invalid = new Set<string>()
  for (const { path = [], type, input, message } of read.issues ?? []) {
    const keys = path.map(({ key }) => key as string | number)
    invalid.add(keys.slice(0, 2).join())
    const [first = "", inside = "src"] = keys as string[]
    // If only a picture's alt text, caption or credit is invalid, keep the picture, so that its file is still checked.
    const { image } = map.value
    if (first === "image" && inside !== "src" && image) delete (image as Record<string, unknown>)[inside]
    else if (type === "max_length") map.value[first] = (input as unknown[]).slice(0, 20)
    else if (typeof keys[1] !== "number") delete map.value[first]
    if (input === undefined && (unread.has(first) || unread.has("file"))) continue
    const what = input === undefined ? "is missing" : input === null ? "is empty" : message
    const isComment = input === null && source[map.find(keys).value] === "#"
    add(keys, what, isComment ? "put the text in quotes: `#` begins a comment" : fixOf(nameField(keys)))
  }
  for (const [key, list] of Object.entries(map.value)) {
    if (!Array.isArray(list)) continue
    const kept = [...list.keys()].filter((index) => !invalid.has(`${key},${index}`))
    places.set(key, kept)
    map.value[key] = kept.map((index) => list[index])
  }
  const written: FrontMatter = read.success && "date" in read.output ? read.output : v.parse(ReadableSchema, map.value)
  if (access !== null) Object.assign(written, { access, date: (isNote && address?.slug) || "unknown" })
  else if (misspelt || invalid.has("access") || unread.has("access") || (unread.size > 0 && !map.value.access))
    written.access = "members"
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

/** Keeps only the first of the texts with the same key. */
function takeFirst(texts: readonly string[], keyOf: (text: string) => string): string[] {
  const keys = texts.map(keyOf)
  return texts.filter((_, index) => keys.indexOf(keys[index] ?? "") === index)
}

/** The offset of a front matter value in the file. @param isItem for a list: finds the first item that this accepts */
export function findInFront(frontSource: string, path: Path, isItem?: (text: string) => boolean): number {
  const { start, map } = readSource(frontSource)
  const { value, find } = map
  const list = value[String(path[0])]
  const index = isItem && Array.isArray(list) ? list.findIndex((item) => isItem(String(item))) : -1
  return start + find(index === -1 ? path : [...path, index]).value
}

function readSource(frontSource: string) {
  const start = frontSource.indexOf("\n") + 1
  const end = frontSource.trimEnd().lastIndexOf("\n")
  return { start, map: readYaml(frontSource.slice(start, Math.max(start, end))).map }
}

const shown = /^(?:title|summary|image\.(?:alt|caption|credit)|authors|topics|corrections\.text)$/

/** The texts in front matter that readers see. `cut`: text after a `#`, which YAML drops as a comment; or "". */
export function findTexts(frontSource: string) {
  const { start, map } = readSource(frontSource)
  return map.texts.flatMap(({ path, text, from, to, comment }) => {
    const field = nameField(path)
    // People begin a comment with a space and a word. After a text, `#1` or `# 1` is more likely a part of it.
    const cut = /^(?:[^\s#]|\s*\d)[^\n]*/.exec(comment)?.[0] ?? ""
    // Texts longer than any field allows are already refused.
    return shown.test(field) && text.length <= 4000
      ? { field, text, offset: start + from, cut, cutAt: frontSource.indexOf("#", start + to) }
      : []
  })
}

/** Keys to suggest when an unknown key's value is `true` or `false`, as other systems write. */
const flags: ReadonlySet<string> = new Set(["lead", "map", "access", "status"])

/**
 * Removes and reports unknown keys: valibot would report only the first, and accept `toString` as a key.
 * @returns whether one of them resembles no key but `access`, which may thus be what the author meant
 */
function refuseUnknown(map: YamlMap, source: string, keys: readonly string[], mistakes: Mistake[]): boolean {
  let mayBeAccess = false
  const { image, corrections } = map.value
  const maps: [Path, unknown, readonly string[]][] = [
    [[], map.value, keys],
    [["image"], image, Object.keys(ImageSchema.entries)],
  ]
  for (const [index, item] of (Array.isArray(corrections) ? corrections : []).entries())
    maps.push([["corrections", index], item, Object.keys(CorrectionSchema.entries)])
  for (const [path, value, known] of maps) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) continue
    for (const [key, written] of Object.entries(value).filter(([key]) => !known.includes(key))) {
      delete (value as Record<string, unknown>)[key]
      if (mistakes.length >= mostMistakes) continue
      const inside = [...path, key]
      const offset = map.find(inside).key
      // In `{ alt: Paris, London }`, YAML reads `London` as a key without a value.
      const [before, after] = [source.slice(0, offset), source.slice(offset + key.length)]
      if (written === null && before.trimEnd().endsWith(",") && /^\s*[,}]/.test(after)) {
        const message = `the comma before ${quote(key)} ends the text`
        mistakes.push({ offset, field: nameField(path), message, fix: "put the whole text in quotes" })
        continue
      }
      const isFlag = /^(?:true|false)$/i.test(String(written))
      const near = nearestKey(key, isFlag ? known.filter((one) => flags.has(one)) : known)
      mayBeAccess ||= (near ?? "access") === "access"
      const fix = near === null ? `remove it; the keys are ${known.join(", ")}` : `did you mean \`${near}\`?`
      mistakes.push({ offset, field: nameField(inside), message: "is an unknown key", fix })
    }
  }
  return mayBeAccess
}

const fixes: Readonly<Record<string, string>> = {
  title: "write `title: …`, one line of at most 200 characters",
  summary: "write `summary: …`, one line of at most 300 characters, used as standfirst and teaser",
  date: "write a date (`date: 2026-11-23`), a date-time (`2026-11-23T09:30+01:00`) or `unknown`",
  updated: "write a date (`updated: 2026-11-23`) or a date-time (`2026-11-23T09:30+01:00`), or remove it",
  expires: "write a date (`expires: 2026-11-23`) or a date-time (`2026-11-23T09:30+01:00`), or remove it",
  authors: "write `authors: [ Name, Name ]`, at most 20, each of at most 100 characters",
  topics: "write `topics: [ water, health ]`, at most 20, each of at most 100 characters",
  access: "write `access: open` or `access: members`",
  image: "write `image: { src: ./picture.jpg, alt: what it shows }`",
  "image.alt": "describe the picture in `alt` for people who cannot see it",
  lead: "write `lead: true` or `lead: false`",
  map: "write `map: true` or `map: false`",
  rights: "use a rights profile from the site's config, or remove it",
  translationOf: "use the original's address: /region/country/slug",
  corrections: "write `corrections: [ { date: 2026-11-23, text: what was wrong } ]`, at most 50",
  aliases: "write `aliases: [ /old/path ]`, at most 50",
  status: "write `status: draft` or `status: published`",
  stories: "write `stories: [ /region/country/slug ]`, at most 50 addresses of articles",
}

function fixOf(field: string): string {
  return fixes[field] ?? fixes[field.split(".")[0] as string] ?? "fix it or remove it"
}

function readMoments(values: FrontMatter, site: SiteConfig, add: Add) {
  const read = (path: Path, written: string): number | null => {
    const moment = readDate(written, site.timeZone)
    if (moment === null) add(path, `${quote(written)} is not a date`, fixOf(nameField(path)))
    return moment
  }
  const refuseFuture = (path: Path, moment: number | null) => {
    if (moment !== null && moment > Date.now())
      add(path, "is in the future", "use the date on which it happened, or publish on that day")
  }
  for (const [index, correction] of values.corrections.entries()) {
    const path = ["corrections", index, "date"]
    const moment = read(path, correction.date)
    refuseFuture(path, moment)
    // The corrections page sorts by these dates, so they are stored in one format.
    if (moment !== null) correction.date = formatMachineDate(moment, site.timeZone)
  }
  const publishedAt = values.date === "unknown" ? null : read(["date"], values.date)
  const updatedAt = values.updated === undefined ? null : read(["updated"], values.updated)
  const expiresAt = values.expires === undefined ? null : read(["expires"], values.expires)
  refuseFuture(["updated"], updatedAt)
  const updatedEnd = values.updated === undefined ? null : readEnd(values.updated, site.timeZone)
  if (publishedAt !== null && updatedEnd !== null && updatedEnd < publishedAt)
    add(["updated"], "is before `date`", "change one of the two, or remove `updated`")
  if (publishedAt !== null && expiresAt !== null && expiresAt <= publishedAt)
    add(["expires"], "is not after `date`: nobody could ever read the article", "change one of the two")
  // An update on the day of publication, without a time, came after it.
  const lastChange = updatedAt === null ? null : Math.max(updatedAt, publishedAt ?? updatedAt)
  return { publishedAt, updatedAt: lastChange, expiresAt }
}

function checkNames({ topics, authors, rights }: FrontMatter, site: SiteConfig, add: Add): void {
  for (const [key, names] of Object.entries({ topics, authors }))
    for (const [index, name] of names.entries())
      if (nameSlug(name) === "") add([key, index], `${quote(name)} has no letters or digits`, "write a name")
  if (rights !== undefined && !Object.hasOwn(site.rights, rights)) {
    const profiles = Object.keys(site.rights)
    const near = nearestKey(rights, profiles)
    const choices = profiles.length > 0 ? `use one of: ${profiles.join(", ")}` : "remove it: the config has none yet"
    const fix = near ? `did you mean \`${near}\`?` : choices
    add(["rights"], `${quote(rights)} is not a rights profile in the site's config`, fix)
  }
}

function checkPaths(values: FrontMatter, address: ContentAddress | null, site: SiteConfig, add: Add): void {
  const { image, translationOf, aliases, stories = [] } = values
  const wrong = image && explainPicture(image.src, address && fileOf(address.path, site))
  if (wrong) add(["image", "src"], wrong.message, wrong.fix)
  if (translationOf !== undefined) checkTranslation(translationOf, address, site, add)
  for (const [index, alias] of aliases.entries()) {
    const refusal = aliases.indexOf(alias) < index ? listedTwice : explainAlias(alias, address, site)
    if (refusal) add(["aliases", index], `${quote(alias)} ${refusal.message}`, refusal.fix)
  }
  for (const [index, story] of stories.entries()) {
    const place = ["stories", index]
    const found = readArticleAddress(place, story, site, add)
    if (stories.indexOf(story) < index) add(place, `${quote(story)} ${listedTwice.message}`, listedTwice.fix)
    else if (found !== null && address !== null && found.language !== address.language)
      add(place, `${quote(story)} is in another language`, "use its translation, or remove it")
  }
}

const listedTwice = { message: "is listed twice", fix: "keep one of the two" }

/** Reads an article's address from front matter. Adds a mistake and returns null if the text is not one. */
function readArticleAddress(place: Path, path: string, site: SiteConfig, add: Add): ArticleAddress | null {
  const named = parseAddress(path, site)
  if (named?.kind === "article") return named
  const meant = canonicalPath(URL.parse(path, site.origin)?.pathname.replace(/\.md$/, "") ?? "") ?? ""
  const fix = parseAddress(meant, site)?.kind === "article" ? `use ${meant}` : fixOf(nameField(place))
  add(place, `${quote(path)} is not an article's address`, fix)
  return null
}

function checkTranslation(path: string, address: ContentAddress | null, site: SiteConfig, add: Add): void {
  const original = readArticleAddress(["translationOf"], path, site, add)
  if (original === null || address === null) return
  if (original.path === address.path) add(["translationOf"], "is this article's own address", fixOf("translationOf"))
  else if (original.language === address.language)
    add(
      ["translationOf"],
      `${quote(path)} is in the same language`,
      "use the address of an article in another language",
    )
}

/** Why an alias cannot redirect to the article; null if it can. */
function explainAlias(alias: string, address: ContentAddress | null, site: SiteConfig): Refusal | null {
  const path = aliasPath(alias)
  if (alias.startsWith("//")) return { message: "is not a canonical address", fix: `use ${path ?? "/old/path"}` }
  if (path === null) {
    const bare = alias.split(/[?#]/)[0] ?? ""
    if (bare !== alias && bare !== "/" && aliasPath(bare) !== null)
      return { message: "cannot be an address of this site", fix: `remove everything after the path: ${bare}` }
    const inside = /^https?:\/\/[^/]+(\/.*)/.exec(alias)?.[1] ?? (/^[\w%]/.test(alias) ? `/${alias}` : "/old/path")
    return { message: "cannot be an address of this site", fix: `use a path that begins with one slash: ${inside}` }
  }
  if (path === address?.path) return { message: "is this article's own address", fix: "remove it" }
  const known = parseAddress(path, site)
  const segments = path.slice(1).split("/")
  const prefixed = site.languages.some((language) => languagePrefix(language, site) === `/${segments[0]}`)
  const isReserved = reservedSegments.has((prefixed ? segments[1] : segments[0]) ?? "")
  if (isReserved || (known !== null && known.kind !== "article" && known.kind !== "page"))
    return { message: "is a page of the site", fix: "choose an address that no page has" }
  return null
}
