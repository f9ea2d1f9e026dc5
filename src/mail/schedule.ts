// Computes when the newsletters' editions are due: at the configured hour, in the site's time zone.
import { formatInstant, readDate } from "../article/dates.ts"
import { isScheduled, type List } from "../article/edition.ts"
import type { SiteConfig } from "../site/site.ts"

const day = 86_400_000

/** The date in the site's time zone at a given time. */
export function dateAt(moment: number, site: SiteConfig): string {
  return formatInstant(moment, site.timeZone).slice(0, 10)
}

/**
 * The newest edition that is due at a given time, and when it was due, in milliseconds. If the cron missed several,
 * only the newest is sent.
 */
export function latestDue(list: List, now: number, site: SiteConfig) {
  const today = dateAt(now, site)
  const due = { date: today, at: dueAt(list, today, site) }
  return isScheduled(list, today) && due.at <= now ? due : previousDue(list, today, site)
}

/** The latest edition before a date, and when it was due, in milliseconds. */
export function previousDue(list: List, date: string, site: SiteConfig) {
  const before = neighbour(list, date, -day)
  return { date: before, at: dueAt(list, before, site) }
}

/** The date of the first edition after a date or, with "on", on or after it. */
export function nextDate(list: List, date: string, from: "after" | "on" = "after"): string {
  return from === "on" && isScheduled(list, date) ? date : neighbour(list, date, day)
}

function neighbour(list: List, date: string, step: number): string {
  const next = new Date(Date.parse(date) + step).toISOString().slice(0, 10)
  return isScheduled(list, next) ? next : neighbour(list, next, step)
}

/**
 * When the edition of a date is due. If the clocks repeat the hour, its first occurrence counts; if they skip it, the
 * first moment after the change.
 */
function dueAt(list: List, date: string, { timeZone, newsletter, digest }: SiteConfig): number {
  const { hour } = list === "headlines" ? newsletter : digest
  const wall = `${date}T${String(hour).padStart(2, "0")}:00`
  let moment = readDate(wall, timeZone)
  if (moment === null) throw new Error(`${date} is not the date of an edition`)
  // For a skipped hour, `readDate` returns a later moment: go back to the first one after the change.
  if (formatInstant(moment, timeZone).slice(0, 16) !== wall)
    while (formatInstant(moment - 60_000, timeZone) >= wall) moment -= 60_000
  return moment
}
