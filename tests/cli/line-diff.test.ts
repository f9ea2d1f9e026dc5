// The diff against its own promise: kept and removed lines are the old text, kept and added ones the new.
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compareLines, cutHunks } from "../../src/cli/line-diff.ts"

const textOf = (marks: string, lines: ReturnType<typeof compareLines>) =>
  lines
    .filter(({ mark }) => marks.includes(mark))
    .map(({ text }) => text)
    .join("\n")

describe("compareLines", () => {
  it("tells both texts from the lines, whatever they are", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 }).map((lines) => lines.join("\n"))
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = compareLines(before, after)
        expect(textOf(" -", lines)).toBe(before)
        expect(textOf(" +", lines)).toBe(after)
        if (before === after) expect(cutHunks(lines)).toEqual([])
      }),
    )
  })

  it("marks only the line that changed", () => {
    expect(compareLines("a\nb\nc", "a\nx\nc").filter(({ mark }) => mark !== " ")).toEqual([
      { mark: "-", text: "b" },
      { mark: "+", text: "x" },
    ])
  })
})

describe("cutHunks", () => {
  it("numbers hunks as diff -u does", () => {
    const before = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`)
    const after = before.flatMap((line, index) => (index === 4 ? [] : index === 19 ? [line, "new"] : [line]))
    const hunks = cutHunks(compareLines(before.join("\n"), after.join("\n")))
    expect(hunks.map(({ head }) => head)).toEqual(["@@ -2,7 +2,6 @@", "@@ -18,6 +17,7 @@"])
  })

  it("joins changes that are near each other", () => {
    const hunks = cutHunks(compareLines("a\nb\nc\nd\ne", "x\nb\nc\nd\ny"))
    expect(hunks.map(({ head }) => head)).toEqual(["@@ -1,5 +1,5 @@"])
  })
})
