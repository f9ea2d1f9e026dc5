// Dates as editors write them, as milliseconds. A date without a zone means the site's zone.

const form =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?\s*([Zz]|[+-]\d{2}:?(?:\d{2})?)?)?$/

/** Milliseconds since the epoch, or null when the text is no ISO date or date-time that exists. */
export function readDate(text: string, timeZone: string): number | null {
  const parts = form.exec(text.trim())
  if (parts === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const utc = Date.UTC(year, month - 1, day, hour, minute, second)
  const back = new Date(utc)
  if (year < 1000 || back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  const zone = parts[7]
  if (zone === undefined) return inZone(utc, timeZone)
  if (zone.toUpperCase() === "Z") return utc
  const digits = zone.slice(1).replace(":", "")
  const offset = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0)
  if (offset > 14 * 60) return null
  return utc - (zone.startsWith("-") ? -1 : 1) * offset * 60_000
}

/** The moment at which a zone's clocks show what `wall` says in UTC. */
function inZone(wall: number, timeZone: string): number {
  const guess = wall - offsetAt(wall, timeZone)
  return wall - offsetAt(guess, timeZone)
}

const formats = new Map<string, Intl.DateTimeFormat>()

function offsetAt(moment: number, timeZone: string): number {
  let format = formats.get(timeZone)
  if (format === undefined) {
    const digits = {
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    } as const
    format = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", ...digits })
    formats.set(timeZone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1000) * 1000
}
