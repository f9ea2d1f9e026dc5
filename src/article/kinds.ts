// The kinds of content: articles, static pages, authors' biographies, and editors' notes for the newsletters' editions.
import * as v from "valibot"
import { type ArticleAddress, parseAddress } from "../site/addresses.ts"
import { languagePrefix } from "../site/format-address.ts"
import type { SiteConfig } from "../site/site.ts"
import { nameSlug } from "../site/slug.ts"
import { type Access, type Article, type ArticleRecord, type MediaItem, RecordSchema } from "./article.ts"
import { type EditionKey, editionPath, isEditionDate, type List } from "./edition.ts"
import { FrontMatterSchema, NoteSchema, PageSchema } from "./front-matter.ts"
import type { PictureFile } from "./media-types.ts"

export type Kind = "article" | "page" | "author" | List

const PageRecordSchema = v.object({ ...RecordSchema.entries, summary: v.string() })
/** The record of a note. It has no summary, its title may be empty, and `stories` is null if it lists none. */
const NoteRecordSchema = v.object({
  ...RecordSchema.entries,
  title: v.string(),
  summary: v.literal(""),
  stories: v.nullable(v.array(v.string())),
})
export type NoteRecord = v.InferOutput<typeof NoteRecordSchema>

interface Rules {
  readonly front: typeof FrontMatterSchema | typeof PageSchema | typeof NoteSchema
  readonly record: typeof RecordSchema | typeof PageRecordSchema | typeof NoteRecordSchema
  /** Whether content of this kind is a newsletter note, which has no address of its own on the site. */
  readonly isNote: boolean
  /** The access of a text without a members-only line; null if its front matter decides. */
  readonly access: Access | null
  /** If this kind cannot have a members-only line, the advice to editors who write one; otherwise null. */
  readonly undivided: string | null
}

const note = { front: NoteSchema, record: NoteRecordSchema, isNote: true, undivided: null } as const
const page: Rules = {
  ...{ front: PageSchema, record: PageRecordSchema, isNote: false, access: "open" as const },
  undivided: "it is for everyone: remove the line",
}

export const kinds: Readonly<Record<Kind, Rules>> = {
  article: { front: FrontMatterSchema, record: RecordSchema, isNote: false, access: null, undivided: null },
  page,
  author: page,
  digest: { ...note, access: "members" },
  headlines: {
    ...note,
    access: "open",
    undivided: "the headlines are for everyone: remove the line, or move the text below it to the digest's note",
  },
}

/** The address of content of any kind. Only articles have a region or country. A note's slug is its edition's date. */
export type ContentAddress = Omit<ArticleAddress, "kind"> & { readonly kind: Kind }

const noteAddress = /^\/(?:([^/]+)\/)?(digest|headlines)\/(.*)$/i

/** The note at a path, such as `/fr/digest/2026-11-23`, or null. `address`: null if the path names no edition. */
function parseNote(
  path: string,
  site: SiteConfig,
): { kind: List; address: (ContentAddress & { readonly kind: List }) | null } | null {
  const [, prefix, folder = "", date = ""] = noteAddress.exec(path) ?? []
  const written = prefix === undefined ? "" : `/${prefix}`
  const language = site.languages.find((one) => languagePrefix(one, site) === written.toLowerCase())
  if (folder === "" || language === undefined) return null
  const kind = folder.toLowerCase() as List
  const isCanonical = path === notePath({ list: kind, date, language }, site) && isEditionDate(date)
  return { kind, address: isCanonical ? { kind, language, region: "", country: null, slug: date, path } : null }
}

/** The path of an edition's note. */
export const notePath = ({ list, date, language }: EditionKey, site: SiteConfig) =>
  `${languagePrefix(language, site)}/${list}/${date}`

/** The kind of content at a path, and its address, which is null if content of that kind cannot have the path. */
export function parseContent(path: string, site: SiteConfig): { kind: Kind; address: ContentAddress | null } {
  const found = parseNote(path, site)
  if (found !== null) return found
  const address = parseAddress(path, site)
  if (address?.kind !== "page" && address?.kind !== "author")
    return { kind: "article", address: address?.kind === "article" ? address : null }
  const { kind, language } = address
  const slug = address.kind === "page" ? address.page : address.slug
  return { kind, address: { kind, language, region: "", country: null, slug, path } }
}

/** The edition that a note belongs to; null for any other content. */
export function findEdition(path: string, site: SiteConfig): EditionKey | null {
  const { kind: list, slug: date, language } = parseNote(path, site)?.address ?? {}
  return list && date && language ? { list, date, language } : null
}

/** The public path of the content at `path`. A note has no page of its own, so it gets its edition's path. */
export function webPath(path: string, site: SiteConfig): string {
  const edition = findEdition(path, site)
  return edition === null ? path : editionPath(edition, site)
}

/** Builds the record to store for content being published. Front matter is copied to record fields of the same name. */
export function createRecord(
  article: Article,
  words: number,
  uploads: Readonly<Record<string, PictureFile>>,
): ArticleRecord {
  const { front } = article
  const media: Record<string, MediaItem> = {}
  for (const [src, { sha256, extension, width, height }] of Object.entries(uploads))
    media[src] = { src: `/media/${sha256}.${extension}`, width, height }
  const stored = front.image && media[front.image.src]
  return v.parse(kinds[article.kind].record, {
    ...front,
    ...article,
    words,
    gated: article.members !== null,
    stories: front.stories ?? null,
    topics: front.topics.map(createLabel),
    authors: front.authors.map(createLabel),
    image: front.image && stored ? { caption: null, credit: null, ...front.image, ...stored } : null,
    rights: front.rights ?? null,
    media,
  })
}

const createLabel = (name: string) => ({ slug: nameSlug(name), name })
