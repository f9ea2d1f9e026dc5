// Differences between two texts: they turn one into the other, in the format of `diff -u`.
import { applyPatch } from "diff"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compareTexts } from "../../src/cli/commands/diff.ts"

const headsOf = (before: string, after: string) =>
  compareTexts(before, after).hunks.map(
    ({ oldStart, oldLines, newStart, newLines }) => `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
  )
const changesOf = (before: string, after: string) =>
  compareTexts(before, after).hunks.flatMap(({ lines }) => lines.filter((line) => /^[+-]/.test(line)))

describe("compareTexts", () => {
  it("turns one text into the other, whatever they are", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 }).map((lines) => lines.join("\n"))
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { hunks } = compareTexts(before, after)
        const names = { oldFileName: "", newFileName: "", oldHeader: undefined, newHeader: undefined, index: undefined }
        expect(applyPatch(before, { ...names, hunks })).toBe(after)
        expect(hunks.length === 0).toBe(before === after)
      }),
    )
  })

  it("marks only the line that changed", () => {
    expect(changesOf("a\nb\nc", "a\nx\nc")).toEqual(["-b", "+x"])
  })

  it("shows every line of texts that have nothing in common, however long they are", () => {
    const long = (sign: string) => Array.from({ length: 5000 }, (_, index) => `${sign}${index}`).join("\n")
    expect(changesOf(long("a"), long("b"))).toHaveLength(10_000)
  })

  it("numbers hunks as diff -u does", () => {
    const before = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`)
    const after = before.flatMap((line, index) => (index === 4 ? [] : index === 19 ? [line, "new"] : [line]))
    expect(headsOf(before.join("\n"), after.join("\n"))).toEqual(["@@ -2,7 +2,6 @@", "@@ -18,6 +17,7 @@"])
  })

  it("joins changes that are near each other", () => {
    expect(headsOf("a\nb\nc\nd\ne", "x\nb\nc\nd\ny")).toEqual(["@@ -1,5 +1,5 @@"])
  })
})
