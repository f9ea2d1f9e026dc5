// The types of articles, and the record of a published article, which the catalogue stores and pages show.
import * as v from "valibot"
import { type FrontMatter, FrontMatterSchema } from "./front-matter.ts"
import type { Kind } from "./kinds.ts"

const MomentMs = v.nullable(v.number())
/** A resized copy of a picture. */
const VariantSchema = v.object({ src: v.string(), width: v.number() })
/** `variants`: modern-format files by ascending width, then one in the original's format. The store adds them. */
const Size = { src: v.string(), width: v.number(), height: v.number(), variants: v.optional(v.array(VariantSchema)) }
const LabelSchema = v.object({ slug: v.string(), name: v.string() })
const { title, summary, map, corrections } = FrontMatterSchema.entries

/** A published article, as stored in `articles.record`. All other types of published articles derive from it. */
export const RecordSchema = v.object({
  path: v.string(),
  language: v.string(),
  region: v.string(),
  /** Country slug, or null for an article about a whole region. */
  country: v.nullable(v.string()),
  title,
  summary,
  /** Milliseconds since the epoch; null if the date is unknown. */
  publishedAt: MomentMs,
  updatedAt: MomentMs,
  expiresAt: MomentMs,
  access: v.unwrap(FrontMatterSchema.entries.access),
  /** Whether any part is for members: `access: members`, or a members-only line. */
  gated: v.boolean(),
  /**
   * How the text is divided. `none`: all of it is public. `line`: at a members-only line; open + members is the whole
   * text. `teaser`: `access: members` without a line; open is the first paragraph, members is the whole text.
   */
  division: v.picklist(["none", "line", "teaser"]),
  topics: v.array(LabelSchema),
  authors: v.array(LabelSchema),
  image: v.nullable(
    v.object({ ...Size, alt: v.string(), caption: v.nullable(v.string()), credit: v.nullable(v.string()) }),
  ),
  /** The original path of an article that has moved. Feeds identify the article by it instead of `path`. */
  feedPath: v.optional(v.string()),
  /** Whether the front matter sets `lead: true`. Missing in older records. */
  lead: v.optional(v.boolean()),
  /** Whether to show the locator map as the article's picture. */
  map,
  /** Word count of the whole text. */
  words: v.number(),
  rights: v.nullable(v.string()),
  /** Each `date` is an ISO date, or a date-time with an offset. Earlier releases stored it as the editor wrote it. */
  corrections,
  /** Maps the address of each picture and recording, as written in the article, to its stored file. */
  media: v.record(v.string(), v.object(Size)),
})

type Fields = v.InferOutput<typeof RecordSchema>
/** A published article as the catalogue stores it. */
export type ArticleRecord = {
  readonly [Name in keyof Fields]: Fields[Name] extends (infer Item)[] ? readonly Item[] : Fields[Name]
}
export type Access = ArticleRecord["access"]
export type Division = ArticleRecord["division"]
/** A topic or author: the name as written, and its slug for addresses. */
export type Label = Readonly<ArticleRecord["topics"][number]>
/** A picture as served to readers; `src` is `/media/{sha256}.{ext}`. */
export type Picture = Readonly<NonNullable<ArticleRecord["image"]>>
export type Variant = Readonly<v.InferOutput<typeof VariantSchema>>
/** Where a picture beside the article is stored, and its size. */
export type MediaItem = Readonly<ArticleRecord["media"][string]>

/** An article, or content of another kind (kinds.ts), as parsed from its file: `frontSource + body`. */
export interface Article
  extends Pick<ArticleRecord, "path" | "language" | "region" | "country" | "publishedAt" | "updatedAt" | "expiresAt"> {
  readonly kind: Kind
  readonly slug: string
  readonly front: FrontMatter
  /** From the first byte of the file through the line that closes the front matter. */
  readonly frontSource: string
  readonly body: string
  /** `unread`: the body could not be read and is left empty, so that the front matter can still be checked. */
  readonly division: Division | "unread"
  /** Markdown that everyone may read. */
  readonly open: string
  /** Markdown for members (see Division), or null. */
  readonly members: string | null
  /** Relative picture addresses in the front matter and the text, as written. Each must have an entry in `media`. */
  readonly pictures: readonly string[]
}

/** What lists show of a published article. Nothing here comes from members' text. */
export type Entry = Omit<ArticleRecord, "expiresAt" | "division" | "rights" | "corrections" | "media">

/** What other pages show of an article that they link to. */
export type Headline = Pick<
  Entry,
  "path" | "language" | "region" | "country" | "title" | "publishedAt" | "gated" | "image"
>

export type Translation = Pick<ArticleRecord, "language" | "path" | "title">

/** A published article as the catalogue returns it for its own page; the bodies come from KV. */
export interface Story extends ArticleRecord {
  readonly revision: number
  /** When this revision was published, in milliseconds since the epoch. */
  readonly revisedAt: number
  /** The social card, `/media/{sha256}.jpg`; null if not drawn yet. */
  readonly card: string | null
  /** All language versions including this one, the default language first. */
  readonly translations: readonly Translation[]
  readonly related: readonly Headline[]
}
