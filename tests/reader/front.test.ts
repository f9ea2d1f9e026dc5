// The stories of the front page: what leads, what follows, and nothing twice.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Entry } from "../../src/article/article.ts"
import { chooseFront } from "../../src/reader/articles.ts"
import { spreadPins } from "../../src/render/front-page.ts"
import { worldMap } from "../../src/site/places.ts"
import { makeEntry } from "../render/sample.ts"

const regions = ["asia", "africa", "europe"]
const image = { src: "/media/a.jpg", width: 3, height: 2, alt: "", caption: null, credit: null }

/** Stories, newest first, in regions and with or without a picture. */
const stories = fc
  .array(fc.record({ region: fc.constantFrom(...regions), pictured: fc.boolean() }), { maxLength: 60 })
  .map((all) =>
    all.map(({ region, pictured }, index) =>
      makeEntry({ path: `/${region}/s-${index}`, region, image: pictured ? image : null, publishedAt: -index }),
    ),
  )

/** What the front page is chosen from: as much of it as the page reads. */
function choose(all: readonly Entry[], chosen: Entry | null) {
  const lists = regions.map((region) => ({
    region,
    entries: all.filter((entry) => entry.region === region).slice(0, 16),
  }))
  return chooseFront(chosen, all.slice(0, 12), lists)
}

const pathsOf = (entries: readonly Entry[]) => entries.map(({ path }) => path)

describe("the front page", () => {
  it("has no story twice, fills its rows, and leaves out no region that has another story", () => {
    fc.assert(
      fc.property(stories, fc.nat(), (all, pick) => {
        const chosen = pick % 3 === 0 ? (all[pick % (all.length + 1)] ?? null) : null
        const { lead, second, latest, regions: sections } = choose(all, chosen)
        const shown = [...(lead ? [lead] : []), ...second, ...latest, ...sections.flatMap(({ entries }) => entries)]
        expect(new Set(pathsOf(shown)).size).toBe(shown.length)
        expect(second.length).toBe(Math.min(3, Math.max(0, all.length - 1)))
        expect([0, 1, 2, 3, 4, 6, 8]).toContain(latest.length)
        expect(pathsOf(latest)).toEqual(pathsOf(all.filter((entry) => latest.includes(entry))))
        const above = new Set(pathsOf([...(lead ? [lead] : []), ...second, ...latest]))
        for (const region of regions) {
          const left = all.filter((entry) => entry.region === region && !above.has(entry.path))
          const section = sections.find((one) => one.region === region)
          expect(pathsOf(section?.entries ?? [])).toEqual(pathsOf(left.slice(0, 4)))
        }
      }),
    )
  })

  it("is led by the editors' choice, or else the newest story with a picture, or else the newest", () => {
    fc.assert(
      fc.property(stories, fc.nat(), (all, pick) => {
        const chosen = all[pick % (all.length + 1)] ?? null
        expect(choose(all, chosen).lead).toBe(chosen ?? all.slice(0, 12).find((entry) => entry.image) ?? all[0] ?? null)
      }),
    )
  })

  it("prefers stories with pictures for its second tier", () => {
    const all = [null, image, null, null, null, image, image, image].map((one, index) =>
      makeEntry({ path: `/asia/s-${index}`, image: one }),
    )
    const { lead, second, latest } = choose(all, null)
    expect(pathsOf([lead as Entry, ...second])).toEqual(["/asia/s-1", "/asia/s-5", "/asia/s-6", "/asia/s-7"])
    expect(pathsOf(latest)).toEqual(["/asia/s-0", "/asia/s-2", "/asia/s-3", "/asia/s-4"])
  })
})

describe("the pins on the map of the world", () => {
  const place = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
  const ratio = worldMap.height / worldMap.width
  const distance = (a: readonly number[], b: readonly number[]) =>
    Math.hypot((a[0] ?? 0) - (b[0] ?? 0), ((a[1] ?? 0) - (b[1] ?? 0)) * ratio)

  it("never cover each other or leave the map, wherever the stories are", () => {
    // On a phone of 360 pixels the map is 328 wide and a pin 20.
    fc.assert(
      fc.property(fc.array(fc.oneof(place, fc.constant([0.6, 0.5] as const)), { maxLength: 8 }), (places) => {
        const pins = spreadPins(places)
        for (const [index, pin] of pins.entries()) {
          for (const part of pin) expect(part > 0.03 && part < 0.97).toBe(true)
          for (const other of pins.slice(0, index)) expect(distance(pin, other) * 328).toBeGreaterThan(20)
        }
      }),
    )
  })

  it("stay where their stories are if there is room", () => {
    const places = [
      [0.2, 0.3],
      [0.5, 0.5],
      [0.9, 0.7],
    ] as const
    for (const [index, pin] of spreadPins(places).entries()) {
      expect(pin[0]).toBeCloseTo(places[index]?.[0] ?? 0)
      expect(pin[1]).toBeCloseTo(places[index]?.[1] ?? 0)
    }
  })
})
