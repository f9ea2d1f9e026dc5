// The front page over real stores: no story twice in any language, at any moment, in one trip.
import { reset } from "cloudflare:test"
import fc from "fast-check"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { compose, createRig, publish, type Rig } from "./rig.ts"

const start = Date.UTC(2026, 5, 1, 12)
const hour = 3_600_000
let rig: Rig

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: start })
  await reset()
  rig = await createRig()
})
afterEach(() => void vi.useRealTimers())

const places = ["/asia/nepal", "/asia/tajikistan", "/africa/chad", "/africa", "/europe/ukraine"]

/** The addresses of the articles that the front page in a language links to, in the page's order. */
async function storiesOn(path: string): Promise<string[]> {
  vi.setSystemTime(Date.now() + 11_000)
  rig.counts.d1 = 0
  const html = await (await rig.get(path)).text()
  expect(rig.counts.d1).toBe(1)
  const main = html.slice(html.indexOf("<main"), html.indexOf("</main>"))
  return [...main.matchAll(/<a [^>]*?href="([^"]*\/story-\d+)"/g)].map(([, found]) => found as string)
}

it("shows no story twice, nor its translation, whatever is published and whenever it is read", async () => {
  const story = fc.record({
    place: fc.constantFrom(...places),
    age: fc.integer({ min: -3, max: 200 }),
    lead: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    expires: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
    translated: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(story, { minLength: 1, maxLength: 24 }), async (stories) => {
      vi.setSystemTime(start)
      await reset()
      rig = await createRig()
      const moment = (hours: number) => new Date(start + hours * hour).toISOString()
      for (const [index, { place, age, lead, expires, translated }] of stories.entries()) {
        const ends = expires === undefined || age < 0 ? {} : { expires: moment(expires) }
        const front = { title: `Story ${index}`, date: moment(-age), lead, ...ends }
        const path = `${place}/story-${index}`
        expect(await publish(rig, path, compose(front, "Text.\n"))).toMatchObject({ problems: [] })
        const translation = compose({ ...front, translationOf: path }, "Texte.\n")
        if (translated) expect(await publish(rig, `/fr${path}`, translation)).toMatchObject({ problems: [] })
      }
      for (const later of [0, 2, 80]) {
        vi.setSystemTime(start + later * hour)
        for (const language of ["", "/fr"]) {
          const shown = await storiesOn(language || "/")
          const readable = stories.filter(
            ({ age, expires, translated }) =>
              age >= -later && (age < 0 || expires === undefined || expires > later) && (translated || language === ""),
          )
          expect(new Set(shown.map((path) => path.split("/story-")[1])).size).toBe(shown.length)
          expect(shown.every((path) => path.startsWith("/fr/") === (language === "/fr"))).toBe(true)
          expect(shown.length).toBeGreaterThanOrEqual(Math.min(readable.length, 4))
        }
      }
    }),
    { numRuns: 5 },
  )
})
