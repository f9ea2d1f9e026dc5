import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { formatInstant, formatMachineDate, readDate, readEnd } from "../../src/article/dates.ts"
import { file, parse, parseAt, write } from "./sample.ts"

const iso = (text: string, zone = "Europe/Zurich") => {
  const moment = readDate(text, zone)
  return moment === null ? null : new Date(moment).toISOString()
}

describe("a date", () => {
  it.each([
    ["2003-04-25", "Europe/Zurich", "2003-04-24T22:00:00.000Z"],
    ["2003-01-25", "Europe/Zurich", "2003-01-24T23:00:00.000Z"],
    ["2003-04-25", "Asia/Kathmandu", "2003-04-24T18:15:00.000Z"],
    ["2003-04-25", "UTC", "2003-04-25T00:00:00.000Z"],
    ["2024-02-29", "UTC", "2024-02-29T00:00:00.000Z"],
    ["2024-01-01 2:05:17 -0400", "Asia/Dushanbe", "2024-01-01T06:05:17.000Z"],
    ["2024-01-01T02:05-4", "Asia/Dushanbe", "2024-01-01T06:05:00.000Z"],
    ["2024-01-01T02:05+4:30", "Asia/Dushanbe", "2023-12-31T21:35:00.000Z"],
    ["2024-01-01 02:05 -430", "Asia/Dushanbe", "2024-01-01T06:35:00.000Z"],
    ["2024-01-01T02:05Z", "Asia/Dushanbe", "2024-01-01T02:05:00.000Z"],
    ["2024-01-01T02:05:06.789+05:45", "UTC", "2023-12-31T20:20:06.000Z"],
    ["2024-01-01T02:05:06,5Z", "UTC", "2024-01-01T02:05:06.000Z"],
    ["2024-01-01T02:05+14", "UTC", "2023-12-31T12:05:00.000Z"],
    ["2024-07-01 09:30", "America/New_York", "2024-07-01T13:30:00.000Z"],
    ["2024-01-01 02:05 UTC", "Europe/Zurich", "2024-01-01T02:05:00.000Z"],
    ["2024-01-01 02:05:06 GMT", "Europe/Zurich", "2024-01-01T02:05:06.000Z"],
    ["9999-12-31", "UTC", "9999-12-31T00:00:00.000Z"],
  ])("%s in %s is %s", (text, zone, expected) => {
    expect(iso(text, zone)).toBe(expected)
  })

  it("takes the first of a repeated hour, and skips an hour that does not exist", () => {
    expect(iso("2024-10-27 02:30")).toBe("2024-10-27T00:30:00.000Z")
    expect(iso("2024-03-31 02:30")).toBe("2024-03-31T01:30:00.000Z")
    // Cairo's clocks go from midnight to one o'clock, so the day begins at one.
    expect(iso("2024-04-26", "Africa/Cairo")).toBe("2024-04-25T22:00:00.000Z")
  })

  it.each([
    "2024-02-30",
    "2023-02-29",
    "2024-13-01",
    "2024-00-10",
    "2024-01-00",
    "20145-07-07",
    "-0001-01-01",
    "0099-01-01",
    "2024-1-5",
    "24-01-05",
    "2024-01-01 24:00",
    "2024-01-01 10:60",
    "2024-01-01 10:00:60",
    "2024-01-01T10:00+15:00",
    "2024-01-01T10:00-13:00",
    "2024-01-01T10:00-13",
    "2024-01-01T10:00+99",
    "2024-01-01T10:00+05:60",
    "2024-01-01 Z",
    "today",
    "",
    "unknown",
    "2024-01-01T10:00 CET",
  ])("%s is refused", (text) => {
    expect(readDate(text, "Europe/Zurich")).toBeNull()
  })

  it("shows the written time on the zone's clocks", () => {
    const zones = fc.constantFrom(
      "Europe/Zurich",
      "Asia/Tehran",
      "America/St_Johns",
      "Pacific/Apia",
      "Australia/Lord_Howe",
    )
    const moments = fc.date({ min: new Date("1970-01-02"), max: new Date("2099-12-30"), noInvalidDate: true })
    fc.assert(
      fc.property(moments, zones, (moment, timeZone) => {
        const parts = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" })
        const written = parts.format(moment)
        expect(parts.format(readDate(written, timeZone) ?? 0)).toBe(written)
      }),
    )
  })
})

describe("the end of a date", () => {
  it.each([
    ["2027-01-31", "Europe/Zurich", "2027-01-31T22:59:59.999Z"],
    [" 2027-01-31 ", "Europe/Zurich", "2027-01-31T22:59:59.999Z"],
    ["2027-03-28", "Europe/Zurich", "2027-03-28T21:59:59.999Z"],
    ["2027-10-31", "Europe/Zurich", "2027-10-31T22:59:59.999Z"],
    ["2026-04-05", "Australia/Lord_Howe", "2026-04-05T13:29:59.999Z"],
    // Clocks skip the next midnight, repeat the last hour of the day, or repeat the first.
    ["2018-11-03", "America/Sao_Paulo", "2018-11-04T02:59:59.999Z"],
    ["2018-02-17", "America/Sao_Paulo", "2018-02-18T02:59:59.999Z"],
    ["2026-10-31", "America/Havana", "2026-11-01T03:59:59.999Z"],
    // The next day does not exist.
    ["2011-12-29", "Pacific/Apia", "2011-12-30T09:59:59.999Z"],
    ["9999-12-31", "UTC", "9999-12-31T23:59:59.999Z"],
    ["9999-12-31", "America/New_York", "9999-12-31T23:59:59.999Z"],
    ["2027-01-31 12:00", "Europe/Zurich", "2027-01-31T11:00:00.000Z"],
    ["2027-01-31T12:00+0430", "Europe/Zurich", "2027-01-31T07:30:00.000Z"],
  ])("%s in %s is %s", (text, zone, end) => {
    expect(new Date(readEnd(text, zone) ?? 0).toISOString()).toBe(end)
  })

  it("is null if there is no such date", () => {
    expect(readEnd("2027-02-29", "Europe/Zurich")).toBeNull()
  })
})

it("accepts `unknown` only as an article's date", () => {
  const article = parse("x", "updated: 2024-01-01", "expires: 2030-01-01T00:00Z")
  expect(article.publishedAt).toBe(Date.parse("2003-04-24T22:00Z"))
  expect(article.expiresAt).toBe(Date.parse("2030-01-01"))
  expect(() => parse("x", "updated: unknown")).toThrow("is not a date")
})

describe("a moment for machines", () => {
  const zones = fc.constantFrom(
    "Europe/Zurich",
    "UTC",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Monrovia",
    "Europe/Paris",
  )

  it("keeps the moment and the zone's local day, with an offset in hours and minutes", () => {
    const seconds = fc.integer({ min: Date.UTC(1000, 0, 3) / 1000, max: Date.UTC(2200, 0) / 1000 })
    fc.assert(
      fc.property(seconds, zones, (second, timeZone) => {
        const text = formatInstant(second * 1000, timeZone)
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/)
        expect(Date.parse(text)).toBe(second * 1000)
        expect(text.slice(0, 10)).toBe(new Intl.DateTimeFormat("sv-SE", { timeZone }).format(second * 1000))
      }),
    )
  })

  it("is a date without a time if written as one", () => {
    // Days that begin at one o'clock, because clocks are put forward at midnight.
    for (const [day, zone] of [
      ["2003-04-25", "Africa/Cairo"],
      ["2021-03-28", "Asia/Beirut"],
    ] as const)
      expect(formatMachineDate(readDate(day, zone) as number, zone)).toBe(day)
    for (const day of ["2003-04-25", "1850-03-01", "1700-01-01"])
      fc.assert(
        fc.property(zones, (timeZone) => {
          expect(formatMachineDate(readDate(day, timeZone) as number, timeZone)).toBe(day)
        }),
      )
    expect(formatMachineDate(readDate("1850-03-01 14:30", "Europe/Zurich") as number, "Europe/Zurich")).toBe(
      "1850-03-01T14:30:52+00:35",
    )
  })
})

describe("`updated`, and the dates of corrections", () => {
  const parseOf = (date: string, ...keys: string[]) =>
    parseAt(file, write("x", ...keys).replace("date: 2003-04-25", `date: ${date}`))

  it.each([
    ["2024-05-02", "updated: 2024-05-01", /before `date`/],
    ["2024-05-02T12:00", "updated: 2024-05-02T11:59", /before `date`/],
    ["2024-05-02", "updated: 9998-01-01", /in the future/],
    ["2024-05-02", "corrections: [ { date: 9998-01-01, text: It was ten. } ]", /in the future/],
  ])("must be between `date` and now: %s, %s", (date, line, message) => {
    expect(() => parseOf(date, line)).toThrow(message)
  })

  it("are stored in one format, however a correction's date was written", () => {
    const written = ["2024-05-03", "2024-05-03 9:30", "2024-05-03T23:30Z"]
    const line = `corrections: [ ${written.map((date) => `{ date: "${date}", text: Ten. }`).join(", ")} ]`
    expect(parseOf("2024-05-02", line).front.corrections.map(({ date }) => date)).toEqual([
      "2024-05-03",
      "2024-05-03T09:30:00+02:00",
      "2024-05-04T01:30:00+02:00",
    ])
  })

  it("may be just the day, even if the article's date has a time", () => {
    expect(parseOf("2024-05-02T12:00", "updated: 2024-05-02").updatedAt).not.toBeNull()
  })

  it("may be a day of any length: 25 hours in October, 23 in March", () => {
    expect(parseOf("2024-10-27T23:30", "updated: 2024-10-27").updatedAt).toBe(Date.parse("2024-10-27T22:30Z"))
    expect(() => parseOf("2024-04-01T00:30", "updated: 2024-03-31")).toThrow(/before `date`/)
  })

  it("never leave an update before the publication, not even on the first day of Unix time", () => {
    const article = parseOf("1970-01-01T10:00", 'updated: "1970-01-01"')
    expect(article.updatedAt).toBe(article.publishedAt)
    expect(parseOf("1970-01-01T01:00", "updated: 1970-01-01").updatedAt).toBe(0)
  })
})
