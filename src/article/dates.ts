// Converts dates as editors write them to milliseconds and back. A date without a zone is in the site's zone.
import { memo } from "../site/memo.ts"

const day = 86_400_000
const form =
  /^([1-9]\d{3}-\d{2}-\d{2})(?:(?:T|[ \t]+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?[ \t]*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?)?$/i

/** Milliseconds since the epoch; null if the text is not an ISO date or date-time, or the date does not exist. */
export function readDate(text: string, timeZone: string): number | null {
  const parts = form.exec(text.trim())
  if (parts === null) return null
  const [, date, hour = "00", minute = "00", second = "00", zone] = parts
  const written = `${date}T${hour.padStart(2, "0")}:${minute}:${second}.000Z`
  const wall = Date.parse(written)
  // `Date.parse` reads 30 February as a day in March.
  if (Number.isNaN(wall) || new Date(wall).toISOString() !== written) return null
  if (zone === undefined) return momentOf(wall, timeZone)
  const offset = readOffset(zone)
  return offset === null ? null : wall - offset * 60_000
}

/** The last moment of a year of four digits in UTC: ISO timestamps of later ones look different. */
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** The last millisecond that a written date covers: a date without a time covers its whole day. Null as `readDate`. */
export function readEnd(text: string, timeZone: string): number | null {
  const moment = readDate(text, timeZone)
  if (moment === null) return null
  return Math.min(latest, text.includes(":") ? moment : momentOf(Date.parse(text.trim()) + day, timeZone) - 1)
}

/** Minutes ahead of UTC; null outside the range of zones, -12:00 to +14:00. */
function readOffset(zone: string): number | null {
  if (/^[a-z]/i.test(zone)) return 0
  const [, sign, hours, minutes = 0] = /^([+-])(\d{1,2}?):?(\d{2})?$/.exec(zone) ?? []
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1)
  return Number(minutes) > 59 || offset < -12 * 60 || offset > 14 * 60 ? null : offset
}

/**
 * The moment when a zone's clocks show `wall` (given as if in UTC). If the clocks repeat the hour, its first occurrence
 * counts; if they skip it, the offset before the change. Memoised: articles share days, and an offset takes 10 µs.
 */
const momentOf = memo((wall: number, timeZone: string): number => {
  const before = wall - offsetAt(wall - day, timeZone)
  if (offsetAt(before, timeZone) === wall - before) return before
  const after = wall - offsetAt(wall + day, timeZone)
  return offsetAt(after, timeZone) === wall - after ? after : before
})

const formatOf = memo((timeZone: string) => {
  const digits = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const
  return new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...digits, second: "numeric" })
})

/** How far a zone's clocks are ahead of UTC at a moment, in milliseconds. */
const offsetAt = memo((moment: number, timeZone: string): number => {
  if (timeZone === "UTC") return 0
  const parts: Record<string, number> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(moment)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1000) * 1000
})

/**
 * A moment in ISO 8601 in a zone's local time: `2003-04-25T13:14:15+02:00`. ISO offsets cannot express the seconds of
 * local mean time, so the offset and the time are rounded together, but never into another day.
 */
export const formatInstant = memo((moment: number, timeZone: string): string => {
  const offset = offsetAt(moment, timeZone)
  const wall = (minutes: number) => new Date(moment + minutes * 60_000).toISOString().slice(0, -".000Z".length)
  const up = Math.ceil(offset / 60_000)
  const minutes = wall(up).slice(0, 10) === wall(offset / 60_000).slice(0, 10) ? up : Math.floor(offset / 60_000)
  if (minutes === 0) return `${wall(0)}Z`
  const clock = new Date(Math.abs(minutes) * 60_000).toISOString().slice(11, 16)
  return `${wall(minutes)}${minutes < 0 ? "-" : "+"}${clock}`
})

/** Like `formatInstant`, but the first moment of a day, which stands for a date without a time, gives `2003-04-25`. */
export const formatMachineDate = memo((moment: number, timeZone: string): string => {
  const text = formatInstant(moment, timeZone)
  const date = text.slice(0, 10)
  return readDate(date, timeZone) === moment ? date : text
})
