import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { type List, lists } from "../../src/article/edition.ts"
import { dateAt, latestDue, nextDate, previousDue } from "../../src/mail/schedule.ts"
import type { SiteConfig } from "../../src/site/site.ts"

const hourMs = 3_600_000

function siteIn(timeZone: string, hour = 7): SiteConfig {
  const at = (list: SiteConfig["newsletter"]) => ({ ...list, hour }) as typeof list
  return { ...config, timeZone, newsletter: at(config.newsletter), digest: at(config.digest) }
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** What the clocks of a zone show: `2026-03-29 07:00`. */
function clock(moment: number, timeZone: string): string {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const
  const format = clocks.get(timeZone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone, ...parts, hourCycle: "h23" })
  clocks.set(timeZone, format)
  return format.format(moment)
}

/** When the headlines of a date are due, asked two days later. */
function due(date: string, timeZone: string, hour = 7): string {
  const site = siteIn(timeZone, hour)
  return new Date(previousDue("headlines", nextDate("headlines", date), site).at).toISOString()
}

describe("7 o'clock is 7 o'clock", () => {
  // The days before and after each change of the clock in 2026, in UTC.
  const changes: [zone: string, [date: string, due: string][]][] = [
    [
      "Europe/Zurich",
      [
        ["2026-03-28", "2026-03-28T06:00"],
        ["2026-03-29", "2026-03-29T05:00"],
        ["2026-10-24", "2026-10-24T05:00"],
        ["2026-10-25", "2026-10-25T06:00"],
      ],
    ],
    [
      "America/New_York",
      [
        ["2026-03-07", "2026-03-07T12:00"],
        ["2026-03-08", "2026-03-08T11:00"],
        ["2026-10-31", "2026-10-31T11:00"],
        ["2026-11-01", "2026-11-01T12:00"],
      ],
    ],
    [
      "Asia/Kathmandu",
      [
        ["2026-03-29", "2026-03-29T01:15"],
        ["2026-10-25", "2026-10-25T01:15"],
      ],
    ],
    [
      "Australia/Lord_Howe",
      [
        ["2026-04-04", "2026-04-03T20:00"],
        ["2026-04-05", "2026-04-04T20:30"],
        ["2026-10-03", "2026-10-02T20:30"],
        ["2026-10-04", "2026-10-03T20:00"],
      ],
    ],
  ]
  it.each(changes)("in %s across both changes of the clock", (zone, days) => {
    for (const [date, utc] of days) expect(due(date, zone)).toBe(`${utc}:00.000Z`)
  })

  it.each(changes)("in %s on every day of the year", (zone) => {
    const site = siteIn(zone)
    let date = "2026-01-01"
    for (let now = Date.UTC(2026, 0, 2, 12); now < Date.UTC(2027, 0, 1); now += 24 * hourMs) {
      const found = latestDue("headlines", now, site)
      expect(clock(found.at, zone)).toBe(`${found.date} 07:00`)
      expect(found.date > date).toBe(true)
      date = found.date
    }
  })
})

describe("an hour that the clocks repeat or skip", () => {
  it.each([
    // Skipped: the first moment after it, even if the clocks skip two hours or half of one.
    ["Europe/Zurich", "2026-03-29", 2, "2026-03-29T01:00", "2026-03-29 03:00"],
    ["America/New_York", "2026-03-08", 2, "2026-03-08T07:00", "2026-03-08 03:00"],
    ["Australia/Lord_Howe", "2026-10-04", 2, "2026-10-03T15:30", "2026-10-04 02:30"],
    ["Antarctica/Troll", "2026-03-29", 2, "2026-03-29T01:00", "2026-03-29 03:00"],
    ["Africa/Cairo", "2026-04-24", 0, "2026-04-23T22:00", "2026-04-24 01:00"],
    // Repeated: the first time.
    ["Europe/Zurich", "2026-10-25", 2, "2026-10-25T00:00", "2026-10-25 02:00"],
    ["America/New_York", "2026-11-01", 1, "2026-11-01T05:00", "2026-11-01 01:00"],
  ])("in %s on %s at %i", (zone, date, hour, utc, wall) => {
    expect(due(date, zone, hour)).toBe(`${utc}:00.000Z`)
    expect(clock(Date.parse(`${utc}Z`), zone)).toBe(wall)
  })
})

it("the digest is due from Monday to Friday; at the weekend the latest is Friday's", () => {
  const site = siteIn("Europe/Zurich")
  const at = (text: string) => latestDue("digest", Date.parse(text), site).date
  expect(at("2026-11-23T05:59:59Z")).toBe("2026-11-20")
  expect(at("2026-11-23T06:00:00Z")).toBe("2026-11-23")
  expect(at("2026-11-27T06:00:00Z")).toBe("2026-11-27")
  expect(at("2026-11-28T12:00:00Z")).toBe("2026-11-27")
  expect(at("2026-11-29T12:00:00Z")).toBe("2026-11-27")
  expect(previousDue("digest", "2026-11-23", site).date).toBe("2026-11-20")
  expect(nextDate("digest", "2026-11-27")).toBe("2026-11-30")
  expect(latestDue("headlines", Date.parse("2026-11-29T12:00:00Z"), site).date).toBe("2026-11-29")
})

const zones = Intl.supportedValuesOf("timeZone")

it("a cron that runs twice, late or not for days plans each edition it catches once, and none before its hour", () => {
  const schedule = fc.record({
    zone: fc.constantFrom(...zones, "Antarctica/Troll", "Australia/Lord_Howe"),
    hour: fc.integer({ min: 0, max: 23 }),
    list: fc.constantFrom(...lists),
    start: fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) }),
    // Milliseconds between runs: at once, a minute, hours, days.
    gaps: fc.array(
      fc.oneof(
        fc.constantFrom(0, 1, 60_000, hourMs),
        fc.integer({ min: 0, max: 3 * hourMs }),
        fc.integer({ min: 0, max: 100 * hourMs }),
      ),
      { minLength: 1, maxLength: 40 },
    ),
  })
  fc.assert(
    fc.property(schedule, ({ zone, hour, list, start, gaps }) => {
      const site = siteIn(zone, hour)
      const planned: string[] = []
      let now = start
      for (const gap of gaps) {
        now += gap
        const { date, at } = latestDue(list, now, site)
        if (date > (planned.at(-1) ?? "")) planned.push(date)
        expect(at).toBeLessThanOrEqual(now)
        // By the clocks of the zone: the newest date whose hour has struck, and no other.
        expect(date).toBe(newestStruck(list, now, zone, hour))
        expect(planned.at(-1)).toBe(date)
      }
      expect(new Set(planned).size).toBe(planned.length)
    }),
  )
})

/** The newest date of a list whose hour the clocks of a zone have shown, or have skipped, by a moment. */
function newestStruck(list: List, now: number, zone: string, hour: number): string {
  // The clocks may have been set back by up to three hours since.
  let shown = ""
  for (let before = 0; before <= 3 * hourMs; before += 10 * 60_000) {
    const text = clock(now - before, zone)
    if (text > shown) shown = text
  }
  const day = new Date(`${shown.slice(0, 10)}T00:00Z`)
  if (Number(shown.slice(11, 13)) < hour) day.setUTCDate(day.getUTCDate() - 1)
  while (list === "digest" && [0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() - 1)
  return day.toISOString().slice(0, 10)
}

it("the date is the site's, not the server's", () => {
  const moment = Date.parse("2026-11-23T20:00:00Z")
  expect(dateAt(moment, siteIn("Pacific/Auckland"))).toBe("2026-11-24")
  expect(dateAt(moment, siteIn("America/New_York"))).toBe("2026-11-23")
})
