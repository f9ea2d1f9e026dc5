// The types of an article: parsed from its file (Article), and published (ArticleRecord and its parts).
import type { InferOutput } from "valibot"
import type { FrontMatterSchema, RecordSchema } from "./schema.ts"

export type FrontMatter = InferOutput<typeof FrontMatterSchema>

type Fields = InferOutput<typeof RecordSchema>
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
/** `date` is the ISO date as written. */
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
