// An article: the record of it that the catalogue keeps and pages show, and its types.
import * as v from "valibot"
import { nameSlug } from "../site/slug.ts"
import { type FrontMatter, FrontMatterSchema } from "./front-matter.ts"
import type { PictureFile } from "./picture-types.ts"

const MomentMs = v.nullable(v.number())
const Size = { src: v.string(), width: v.number(), height: v.number() }
const LabelSchema = v.object({ slug: v.string(), name: v.string() })
const { title, summary, map, corrections } = FrontMatterSchema.entries

/** A published article, as `articles.record` keeps it. Every type of a published article is this one, or a part of it. */
export const RecordSchema = v.object({
  path: v.string(),
  language: v.string(),
  region: v.string(),
  /** Country slug, or null for an article of a whole region. */
  country: v.nullable(v.string()),
  title,
  summary,
  /** Milliseconds since the epoch; null: the date is unknown. */
  publishedAt: MomentMs,
  updatedAt: MomentMs,
  expiresAt: MomentMs,
  access: v.unwrap(FrontMatterSchema.entries.access),
  /** Something of it is for members: `access: members`, or a members-only line. */
  gated: v.boolean(),
  /**
   * How the text is divided. `none`: all of it is for everyone. `line`: a members-only line stands in it; the whole is
   * open + members. `teaser`: `access: members` without a line; open is the first paragraph, members is the whole text.
   */
  division: v.picklist(["none", "line", "teaser"]),
  topics: v.array(LabelSchema),
  authors: v.array(LabelSchema),
  image: v.nullable(
    v.object({ ...Size, alt: v.string(), caption: v.nullable(v.string()), credit: v.nullable(v.string()) }),
  ),
  /** What feeds identify the article by, in place of `path`, since it moved: its first address. */
  feedPath: v.optional(v.string()),
  /** Records made before there were leads have none. */
  lead: v.optional(v.boolean()),
  /** Show the locator map as the picture. */
  map,
  /** Words of the whole text. */
  words: v.number(),
  rights: v.nullable(v.string()),
  corrections,
  /** Where the relative pictures of the text are kept, by their addresses as written. */
  media: v.record(v.string(), v.object(Size)),
})

type Fields = v.InferOutput<typeof RecordSchema>
/** A published article as the catalogue keeps it. */
export type ArticleRecord = {
  readonly [Name in keyof Fields]: Fields[Name] extends (infer Item)[] ? readonly Item[] : Fields[Name]
}
export type Access = ArticleRecord["access"]
export type Division = ArticleRecord["division"]
/** A topic or author: the name as written and its slug in addresses. */
export type Label = Readonly<ArticleRecord["topics"][number]>
/** A picture as readers get it; `src` is `/media/{sha256}.{ext}`. */
export type Picture = Readonly<NonNullable<ArticleRecord["image"]>>
/** Where a relative picture of the text is kept. */
export type MediaItem = Readonly<ArticleRecord["media"][string]>
/** `date` is an ISO date, or a date-time with its offset; as written in records of earlier releases. */
export type Correction = Readonly<ArticleRecord["corrections"][number]>

/** An article as parsed from its file. `frontSource + body` is the file, byte for byte. */
export interface Article
  extends Pick<
    ArticleRecord,
    "path" | "language" | "region" | "country" | "publishedAt" | "updatedAt" | "expiresAt" | "division" | "words"
  > {
  readonly slug: string
  readonly front: FrontMatter
  /** From the first byte of the file through the line that closes the front matter. */
  readonly frontSource: string
  readonly body: string
  /** Markdown that everyone may read. */
  readonly open: string
  /** Markdown for members (see Division), or null. */
  readonly members: string | null
  /** Relative picture addresses that the front matter and the text use, as written; each needs bytes in media. */
  readonly pictures: readonly string[]
}

/** What a list shows of a published article. Nothing here comes from members' text. */
export type Entry = Omit<ArticleRecord, "expiresAt" | "division" | "rights" | "corrections" | "media">

/** As much of an article as is shown where others are pointed to. */
export type Headline = Pick<Entry, "path" | "language" | "region" | "country" | "title" | "publishedAt" | "gated">

/** Another language version of an article. */
export type Translation = Pick<ArticleRecord, "language" | "path" | "title">

/** A published article as the catalogue gives it for its own page; the bodies come from KV. */
export interface Story extends ArticleRecord {
  readonly revision: number
  /** When this revision was published, milliseconds. */
  readonly revisedAt: number
  /** `/media/{sha256}.jpg`, the social card; null: none is drawn yet. */
  readonly card: string | null
  /** All language versions, this one too, the default language first. */
  readonly translations: readonly Translation[]
  readonly related: readonly Headline[]
}

/** What is published of an article: a field of the front matter that the record has is taken as it is. */
export function createRecord(article: Article, uploads: Readonly<Record<string, PictureFile>>): ArticleRecord {
  const { front } = article
  const media: Record<string, MediaItem> = {}
  for (const [src, { sha256, extension, width, height }] of Object.entries(uploads))
    media[src] = { src: `/media/${sha256}.${extension}`, width, height }
  const stored = front.image && media[front.image.src]
  return v.parse(RecordSchema, {
    ...front,
    ...article,
    gated: article.members !== null,
    topics: front.topics.map(createLabel),
    authors: front.authors.map(createLabel),
    image: front.image && stored ? { caption: null, credit: null, ...front.image, ...stored } : null,
    rights: front.rights ?? null,
    media,
  })
}

const createLabel = (name: string) => ({ slug: nameSlug(name), name })
