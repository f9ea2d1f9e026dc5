import * as fc from "fast-check"
import { expect, it } from "vitest"
import { type Answer, createMemory, forgetTags, keepAnswer, recallAnswer } from "../../src/reader/memory.ts"
import { noChanges } from "../../src/store/rows.ts"

function answer(size: number, tags: string[] = [], scarce = false): Answer {
  const times = { bornAt: 0, arrivedAt: 0, freshUntil: 1, shownUntil: 1, staleUntil: 1, lastModified: 0 }
  return {
    status: 200,
    body: new Uint8Array(size),
    fields: {},
    gated: false,
    forAll: true,
    changes: noChanges,
    fromEdge: false,
    scarce,
    tags,
    usedAt: 0,
    hit: null,
    ...times,
  }
}

it("stays within its byte limit and counts correctly, whatever is stored", () => {
  const step = fc.oneof(
    fc.record({ keep: fc.nat(60).map(String), size: fc.nat(2_000_000) }),
    fc.record({ forget: fc.nat(5).map(String) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const memory = createMemory()
      for (const one of steps) {
        if ("keep" in one) keepAnswer(memory, one.keep, answer(one.size, [String(Number(one.keep) % 6)]))
        else forgetTags(memory, [one.forget])
        const bytes = [...memory.answers.values()].reduce((sum, kept) => sum + (kept.body?.length ?? 0) + 2048, 0)
        expect(memory.bytes).toBe(bytes)
        expect(bytes).toBeLessThanOrEqual(32 * 1024 * 1024)
      }
    }),
    { numRuns: 60 },
  )
})

it("evicts the least recently used first", () => {
  const memory = createMemory()
  for (let i = 0; i < 16; i++) keepAnswer(memory, `page ${i}`, answer(2_000_000))
  recallAnswer(memory, "page 0", 5000)
  keepAnswer(memory, "one more", answer(2_000_000))
  expect(memory.answers.has("page 0")).toBe(true)
  expect(memory.answers.has("page 1")).toBe(false)
})

it("forgets only the answers with a tag", () => {
  const memory = createMemory()
  keepAnswer(memory, "a", answer(1, ["l:en:/asia"]))
  keepAnswer(memory, "b", answer(1, ["l:en:/africa"]))
  forgetTags(memory, ["l:en:/asia"])
  expect([...memory.answers.keys()]).toEqual(["b"])
  forgetTags(memory, "everything")
  expect(memory.answers.size).toBe(0)
})

it("keeps warm pages through a flood of unknown addresses and searches, and the newest of the flood", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40_000), { minLength: 300, maxLength: 600 }), (sizes) => {
      const memory = createMemory()
      for (let i = 0; i < 14; i++) keepAnswer(memory, `page ${i}`, answer(2_000_000))
      for (const [index, size] of sizes.entries()) keepAnswer(memory, `/nothing-${index}`, answer(size, [], true))
      const kept = [...memory.answers.keys()]
      expect(kept.slice(0, 14)).toEqual(Array.from({ length: 14 }, (_, i) => `page ${i}`))
      expect(kept.at(-1)).toBe(`/nothing-${sizes.length - 1}`)
      const bytes = [...memory.answers.values()].reduce((sum, { body }) => sum + body.length + 2048, 0)
      expect(memory.bytes).toBe(bytes)
      expect(bytes).toBeLessThanOrEqual(14 * 2_002_048 + 2 * 1024 * 1024)
      forgetTags(memory, "everything")
      expect([memory.bytes, memory.scarceBytes, memory.scarce.size]).toEqual([0, 0, 0])
    }),
    { numRuns: 10 },
  )
})
