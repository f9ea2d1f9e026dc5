// Plans editions: finds the new stories, adds the editor's note, and stores each edition once.
import type { Entry } from "../article/article.ts"
import { type Edition, type EditionKey, type EditionStory, editionId, lists } from "../article/edition.ts"
import { notePath } from "../article/kinds.ts"
import type { SiteConfig } from "../site/site.ts"
import { hasRecipients } from "../store/deliveries.ts"
import {
  type AskedEdition,
  findOpenEditions,
  type Plan,
  planEdition,
  readAppeared,
  readChosen,
  readLastEdition,
  readNote,
  readPlan,
  readWholeEdition,
  skipEdition,
} from "../store/editions.ts"
import type { Stores, Texts } from "../store/stores.ts"
import { dateAt, latestDue, nextDate, previousDue } from "./schedule.ts"

/** The maximum number of stories in an edition. */
const mostStories = 20

/**
 * Plans the editions that are due, are not planned yet, and have a recipient. Safe to repeat, and to run concurrently.
 * If one fails, the others are still planned, and the next run retries it.
 */
export async function planDueEditions(stores: Omit<Stores, "media">, site: SiteConfig, now: number): Promise<void> {
  const due = lists.flatMap((list) => {
    const { date } = latestDue(list, now, site)
    return site.languages.map((language) => ({ list, date, language }))
  })
  for (const key of await findOpenEditions(stores.catalogue, due))
    try {
      if (!(await hasRecipients(stores.people, key, now))) continue
      const { draft } = await draftEdition(stores, key, site, now)
      if (draft === null) await skipEdition(stores.catalogue, key)
      else await planEdition(stores, key, draft, { now, who: "cron" })
    } catch (error) {
      console.error("edition not planned", editionId(key), error)
    }
}

/** What happened when an editor sent an edition. */
export interface Sent {
  /** `before`: the edition was already planned, so it is not sent again. `empty`: there are no new stories. */
  readonly outcome: "planned" | "before" | "empty"
  /** Null if the edition was not planned. */
  readonly plan: Plan | null
  /** The time after which stories count as new, in milliseconds; null if the edition was already planned. */
  readonly since: number | null
}

/**
 * Plans an edition now, whatever the hour and even without recipients.
 * @returns null if it is too early or too late for that date: only today's edition can be sent, or the latest that was
 * due, and only if no later one has been planned
 */
export async function planNow(
  stores: Texts,
  key: EditionKey,
  site: SiteConfig,
  by: { now: number; who: string },
): Promise<Sent | null> {
  const before = await readPlan(stores.catalogue, key)
  if (before !== null) return { outcome: "before", plan: before, since: null }
  const { draft, since, last } = await draftEdition(stores, key, site, by.now)
  const timely = key.date === dateAt(by.now, site) || key.date === latestDue(key.list, by.now, site).date
  if (!timely || (last !== null && last > key.date)) return null
  if (draft === null) return { outcome: "empty", plan: null, since }
  const planned = await planEdition(stores, key, draft, by)
  return { outcome: planned ? "planned" : "before", plan: await readPlan(stores.catalogue, key), since }
}

/** An edition as its recipients get it, or would get it if it were planned now. */
export interface Preview extends EditionKey {
  /** Null if the edition is not planned yet. */
  readonly plan: Plan | null
  /** The time after which stories count as new, in milliseconds; null if the edition is already planned. */
  readonly since: number | null
  /** Null if there is nothing new to send. */
  readonly edition: Edition | null
}

/** @param asked a null `date` means the next edition. @returns null for a past date that has no edition */
export async function previewEdition(
  stores: Texts,
  asked: AskedEdition,
  site: SiteConfig,
  now: number,
): Promise<Preview | null> {
  const { list, language } = asked
  const key = { list, language, date: asked.date ?? (await findNextDate(stores.catalogue, asked, dateAt(now, site))) }
  const plan = await readPlan(stores.catalogue, key)
  if (plan !== null) return { ...key, plan, since: null, edition: await readWholeEdition(stores, key) }
  if (key.date < latestDue(list, now, site).date) return null
  const { draft, since } = await draftEdition(stores, key, site, now)
  if (draft === null) return { ...key, plan, since, edition: null }
  const content = draft.whole ?? draft.content
  return { ...key, plan, since, edition: { ...key, plannedAt: now, gated: draft.whole !== null, content } }
}

async function findNextDate(db: D1Database, { list, language }: Omit<EditionKey, "date">, today: string) {
  const last = await readLastEdition(db, list, language)
  return last !== null && last.date >= today ? nextDate(list, last.date) : nextDate(list, today, "on")
}

/**
 * Drafts an edition as if it were planned now. `draft`: null if there is nothing new to send. `since`: the time,
 * in milliseconds, after which stories count as new. `last`: the date of the newest planned edition.
 */
export async function draftEdition(stores: Texts, key: EditionKey, site: SiteConfig, now: number) {
  const { list, language, date } = key
  const last = await readLastEdition(stores.catalogue, list, language)
  const since = last?.plannedAt ?? Math.min(previousDue(list, date, site).at, latestDue(list, now, site).at)
  return { draft: await compile(stores, key, site, since, now), since, last: last?.date ?? null }
}

/** `content`: what everyone may read. `whole`: what members get, if the edition is for members. */
async function compile(stores: Texts, key: EditionKey, site: SiteConfig, since: number, now: number) {
  const { list, language } = key
  const note = await readNote(stores, notePath(key, site))
  const { entries, more } =
    note?.stories == null
      ? await readAppeared(stores.catalogue, { language, since, now }, mostStories)
      : { entries: await readChosen(stores.catalogue, note.stories, now), more: 0 }
  const stories = entries.map(toStory)
  if (stories.length === 0 && (list === "headlines" || note === null)) return null
  const title = note?.title ?? null
  const all = { title, intro: note && (note.whole.trim() || null), stories, more }
  if (list === "headlines") return { content: all, whole: null }
  // Visitors get the public part of the editor's text or, if the editor wrote none, the first story.
  const shown = all.intro === null ? stories.slice(0, 1) : []
  const intro = note && (note.open.trim() || null)
  return { content: { title, intro, stories: shown, more: more + stories.length - shown.length }, whole: all }
}

function toStory({ path, title, summary, region, country, gated }: Entry): EditionStory {
  return { path, title, summary, region, country, gated }
}
