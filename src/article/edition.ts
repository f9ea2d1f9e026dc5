// Newsletter editions: what subscribers receive by email, and what each edition's web page shows.
import { formatAddress } from "../site/format-address.ts"
import { formatDate, message } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import type { ArticleRecord } from "./article.ts"
import { readDate } from "./dates.ts"

/** The newsletters: the daily headlines, for anyone; the digest, for members. */
export const lists = ["headlines", "digest"] as const
export type List = (typeof lists)[number]

/** What identifies an edition. Each edition is planned only once. */
export interface EditionKey {
  readonly list: List
  /** `2026-11-23`, in the site's time zone. */
  readonly date: string
  readonly language: string
}

/** A story in an edition, as it was when the edition was planned. */
export type EditionStory = Pick<ArticleRecord, "path" | "title" | "summary" | "region" | "country" | "gated">

export interface EditionContent {
  /** The editor's title, or null to use the list's name and the date. */
  readonly title: string | null
  /** The part of the editor's introduction (in Markdown) that the recipients may read, or null. */
  readonly intro: string | null
  readonly stories: readonly EditionStory[]
  /** How many more stories were published than are listed. */
  readonly more: number
}

export interface Edition extends EditionKey {
  /** Milliseconds since the epoch. */
  readonly plannedAt: number
  /** Whether any part of the edition is for members only. Always true for the digest. */
  readonly gated: boolean
  readonly content: EditionContent
}

/** An edition as the public may read it, and what its page links to. */
export interface Issue {
  readonly edition: Edition
  /** Earlier editions of the list and language, newest first, at most ten. */
  readonly earlier: readonly EarlierEdition[]
  readonly next: string | null
  /** The languages that have an edition of that date. */
  readonly languages: readonly string[]
}

/** `title`: the editor's title, or null. */
export type EarlierEdition = Pick<EditionKey, "date"> & Pick<EditionContent, "title">

export function nameList(list: List, language: string, site: SiteConfig): string {
  return inLanguage(list === "headlines" ? site.newsletter.name : site.digest.name, language, site)
}

type TitledEdition = EditionKey & { readonly content: Pick<EditionContent, "title"> }

/** The title of an edition's page and the subject of its email: the editor's title, or the list's name and the date. */
export function titleEdition({ list, date, language, content }: TitledEdition, site: SiteConfig): string {
  const words = { list: nameList(list, language, site), date: formatEditionDate(date, language, site) }
  return content.title ?? message(language, "editionTitle", words)
}

export function editionPath({ list, date, language }: EditionKey, site: SiteConfig): string {
  return formatAddress({ kind: list === "digest" ? "digestEdition" : "newsletterEdition", date, language }, site)
}

/** An edition's date in words: 23 November 2026. */
export function formatEditionDate(date: string, language: string, site: SiteConfig): string {
  return formatDate(Date.parse(date), language, { ...site, timeZone: "UTC" })
}

/** An edition's id in the people database and in queue messages: `digest 2026-11-23 en`. */
export const editionId = ({ list, date, language }: EditionKey): string => `${list} ${date} ${language}`

/** The edition with this id, or null if the id is malformed. */
export function parseEditionId(id: string): EditionKey | null {
  const [name, date = "", language = "", ...rest] = id.split(" ")
  const list = lists.find((one) => one === name)
  return list && isEditionDate(date) && language && rest.length === 0 ? { list, date, language } : null
}

/** Whether a text is a calendar date such as `2026-11-23`. */
export function isEditionDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && readDate(text, "UTC") !== null
}

/** Headlines are sent every day, the digest from Monday to Friday. */
export const isScheduled = (list: List, date: string) => list === "headlines" || new Date(date).getUTCDay() % 6 !== 0
