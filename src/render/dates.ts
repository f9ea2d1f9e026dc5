// Dates for machines: the site's own zone, and no more precision than the editor gave.

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(timeZone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timeZone)
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat("en-CA", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      timeZoneName: "longOffset",
    })
    clocks.set(timeZone, clock)
  }
  return clock
}

// Intl takes 10 µs to find a zone's offset, a page has a dozen dates, and lists show the same ones again and again.
const known = new Map<string, string>()
const mostKnown = 2000

/** ISO 8601 in the site's zone: `2003-04-25` for a midnight there (a date without a time), else with time and offset. */
export function formatMachineDate(moment: number, timeZone: string): string {
  const key = `${moment} ${timeZone}`
  let text = known.get(key)
  if (text === undefined) {
    if (known.size >= mostKnown) known.clear()
    text = findMachineDate(moment, timeZone)
    known.set(key, text)
  }
  return text
}

function findMachineDate(moment: number, timeZone: string): string {
  const parts: Record<string, string> = {}
  for (const { type, value } of clockOf(timeZone).formatToParts(moment)) parts[type] = value
  const day = `${(parts.year ?? "").padStart(4, "0")}-${parts.month}-${parts.day}`
  const time = `${parts.hour}:${parts.minute}:${parts.second}`
  if (time === "00:00:00") return day
  const offset = (parts.timeZoneName ?? "GMT").slice(3)
  return `${day}T${time}${offset === "" ? "Z" : offset}`
}

/** RFC 822 with a four-digit year, as RSS wants it. */
export function formatRssDate(moment: number): string {
  return new Date(moment).toUTCString()
}

/** RFC 3339, for JSON Feed and sitemaps. */
export function formatInstant(moment: number): string {
  return new Date(moment).toISOString().replace(".000Z", "Z")
}

const year = 365.25 * 86_400_000

/** Whole years between two moments. */
export function yearsBetween(earlier: number, later: number): number {
  return Math.floor((later - earlier) / year)
}
