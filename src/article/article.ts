// The types of articles, and the record of a published article, which the catalogue stores and pages show.
import type { FrontMatter } from "./front-matter.ts"
import type { Kind } from "./kinds.ts"

/** A topic or author: the name as written, and its slug for addresses. */
export interface Label {
  readonly slug: string
  readonly name: string
}

/** A resized copy of a picture. */
export interface Variant {
  readonly src: string
  readonly width: number
}

/** Where a picture beside the article is stored, and its size. `src`: `/media/{sha256}.{ext}`. */
export interface MediaItem extends Variant {
  readonly height: number
  /** Modern-format files by ascending width, then one in the original's format. The store adds them. */
  readonly variants?: readonly Variant[] | undefined
}

/** A picture as served to readers. */
export interface Picture extends MediaItem {
  readonly alt: string
  readonly caption: string | null
  readonly credit: string | null
}

export type Access = FrontMatter["access"]

/**
 * How a text is divided. `none`: all of it is public. `line`: at a members-only line; open + members is the whole text.
 * `teaser`: `access: members` without a line; open is the first paragraph, members is the whole text.
 */
export type Division = "none" | "line" | "teaser"

/** A published article, as stored in `articles.record`. All other types of published articles derive from it. */
export interface ArticleRecord extends Readonly<Pick<FrontMatter, "title" | "summary" | "access" | "map">> {
  readonly path: string
  readonly language: string
  readonly region: string
  /** Country slug, or null for an article about a whole region. */
  readonly country: string | null
  /** Milliseconds since the epoch; null if the date is unknown. */
  readonly publishedAt: number | null
  readonly updatedAt: number | null
  readonly expiresAt: number | null
  /** Whether any part is for members: `access: members`, or a members-only line. */
  readonly gated: boolean
  readonly division: Division
  readonly topics: readonly Label[]
  readonly authors: readonly Label[]
  readonly image: Picture | null
  /** The original path of an article that has moved. Feeds identify the article by it instead of `path`. */
  readonly feedPath?: string | undefined
  /** Whether the front matter sets `lead: true`. Missing in older records. */
  readonly lead?: boolean | undefined
  /** Word count of the whole text. */
  readonly words: number
  readonly rights: string | null
  /** Each `date` is an ISO date, or a date-time with an offset. Earlier releases stored it as the editor wrote it. */
  readonly corrections: readonly Readonly<FrontMatter["corrections"][number]>[]
  /** Maps the address of each picture and recording, as written in the article, to its stored file. */
  readonly media: Readonly<Record<string, MediaItem>>
  /** Only a newsletter's note has these: the addresses of its stories, or null if it lists none. */
  readonly stories?: readonly string[] | null
}

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
