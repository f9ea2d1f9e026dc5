// What the commands print of texts that others wrote.
import { stripVTControlCharacters } from "node:util"
import fc from "fast-check"
import * as v from "valibot"
import { expect, it, vi } from "vitest"
import { explainFailure } from "../../src/cli/commander.ts"
import { createOutput } from "../../src/cli/output.ts"

const control = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u

it("no text reaches the terminal with control characters or marks that reverse it, coloured or not", () => {
  vi.stubEnv("FORCE_COLOR", "1")
  const printed: string[] = []
  const print = (line: string) => void printed.push(line)
  vi.spyOn(console, "log").mockImplementation(print)
  vi.spyOn(console, "error").mockImplementation(print)
  const output = createOutput(false, v.any())
  const piece = fc.constantFrom(
    "\u001b[31m",
    "\u001b[39m",
    "\u001b]0;x\u0007",
    "\r",
    "\u009b2J",
    "\u202e",
    "\n",
    "é",
    "a",
  )
  fc.assert(
    fc.property(
      fc.array(piece).map((pieces) => pieces.join("")),
      (text) => {
        printed.length = 0
        output.line(text)
        output.warn(output.bad(text), text)
        expect(printed[0]).not.toMatch(control)
        expect(stripVTControlCharacters(printed[1] ?? "")).not.toMatch(control)
        expect(printed[1]?.split("\u001b").length ?? 0).toBeLessThanOrEqual(3)
      },
    ),
  )
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

it.each([
  ["EROFS", -30, "written: read-only file system"],
  ["ENOSPC", -28, "written: no space left on device"],
  ["EACCES", -13, "opened: permission denied"],
])("a new file that fails with %s is explained", (code, errno, what) => {
  const error = Object.assign(new Error(code), { code, errno, syscall: "open", path: "asia/a.md" })
  expect(explainFailure(error)).toBe(`asia/a.md cannot be ${what}`)
})
