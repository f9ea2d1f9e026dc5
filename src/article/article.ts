// What an article is, in the editor's folder (Article) and for readers (Entry, Story).
import type { FrontMatter } from "./frontmatter.ts"

export type Access = "open" | "members"

/**
 * How the text is divided. `none`: all of it is for everyone. `line`: a members-only line stands in it; the whole is
 * open + members. `teaser`: `access: members` without a line; open is the first paragraph, members is the whole text.
 */
export type Division = "none" | "line" | "teaser"

/** An article as parsed from its file. `frontSource + body` is the file, byte for byte. */
export interface Article {
  /** The address: `/asia/tajikistan/slug`, `/fr/asia/slug`. */
  readonly path: string
  readonly language: string
  readonly region: string
  /** Country slug, or null for an article of a whole region. */
  readonly country: string | null
  readonly slug: string
  readonly front: FrontMatter
  /** Milliseconds since the epoch; null when the date is unknown. */
  readonly publishedAt: number | null
  readonly updatedAt: number | null
  readonly expiresAt: number | null
  /** From the first byte of the file through the line that closes the front matter. */
  readonly frontSource: string
  readonly body: string
  readonly division: Division
  /** Markdown that everyone may read. */
  readonly open: string
  /** Markdown for members (see Division), or null. */
  readonly members: string | null
  /** Words of the whole text. */
  readonly words: number
  /** Relative picture addresses that the front matter and the text use, as written; each needs bytes in media. */
  readonly pictures: readonly string[]
}

/** A picture as readers get it. */
export interface Picture {
  /** `/media/{sha256}.{ext}` */
  readonly src: string
  readonly width: number
  readonly height: number
  readonly alt: string
  readonly caption: string | null
  readonly credit: string | null
}

/** What a list shows of a published article. Nothing here comes from members' text. */
export interface Entry {
  readonly path: string
  readonly language: string
  readonly region: string
  readonly country: string | null
  readonly title: string
  readonly summary: string
  readonly publishedAt: number | null
  readonly updatedAt: number | null
  readonly access: Access
  /** Something of it is for members: `access: members`, or a members-only line. */
  readonly gated: boolean
  readonly topics: readonly Label[]
  readonly authors: readonly Label[]
  readonly image: Picture | null
  /** Show the locator map as the picture. */
  readonly map: boolean
  /** Words of the whole text. */
  readonly words: number
}

/** As much of an article as is shown where others are pointed to. */
export type Headline = Pick<Entry, "path" | "language" | "region" | "country" | "title" | "publishedAt" | "gated">

/** A topic or author: the name as written and its slug in addresses. */
export interface Label {
  readonly slug: string
  readonly name: string
}

export interface Correction {
  /** ISO date as written. */
  readonly date: string
  readonly text: string
}

/** Another language version of an article. */
export interface Translation {
  readonly language: string
  readonly path: string
  readonly title: string
}

/** Where a relative picture of the text is kept. */
export interface MediaItem {
  readonly src: string
  readonly width: number
  readonly height: number
}

/** A published article as the catalogue gives it for its own page; the bodies come from KV. */
export interface Story extends Entry {
  readonly revision: number
  readonly expiresAt: number | null
  /** When this revision was published, milliseconds. */
  readonly revisedAt: number
  readonly division: Division
  readonly rights: string | null
  readonly corrections: readonly Correction[]
  /** By picture address as written in the text. */
  readonly media: Readonly<Record<string, MediaItem>>
  /** `/media/{sha256}.jpg`, the social card; null: none is drawn yet. */
  readonly card: string | null
  /** All language versions, this one too, the default language first. */
  readonly translations: readonly Translation[]
  readonly related: readonly Headline[]
}
