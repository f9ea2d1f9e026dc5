// docs/operations.md is checked against the code: the lines of the log, and what a month costs.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { describeCosts, priceMonth, usageOf } from "../bench/costs.ts"

const root = join(import.meta.dirname, "..")
const page = readFileSync(join(root, "docs/operations.md"), "utf8")
const section = (title: string) => page.slice(page.indexOf(`\n## ${title}\n`)).split("\n## ", 2)[1] ?? ""

describe("the log", () => {
  it("has no lines but those that the page explains, and the page no others", () => {
    const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    const worker = files.filter((name) => name.endsWith(".ts") && !name.startsWith("cli"))
    const lines = worker.flatMap((name) =>
      [...readFileSync(join(root, "src", name), "utf8").matchAll(/(?:console\.\w+|logFailure)\(\s*["`]([^"`$]+)/g)].map(
        ([, words = ""]) => words.trim(),
      ),
    )
    expect(lines.length).toBeGreaterThan(20)
    const explained = [...section("The log").matchAll(/`([^`\n]+)`(?=[^|\n]*\|[^|\n]*\|[^|\n]*\|\n)/g)].map(
      ([, words]) => words,
    )
    expect([...new Set(explained)].sort()).toEqual([...new Set(lines)].sort())
  })
})

describe("what a month costs", () => {
  it.each([
    // Cloudflare's own examples (developers.cloudflare.com/workers/platform/pricing).
    [{ requests: 15e6, cpuMs: 7 * 15e6 }, 8],
    [{ requests: 100e6, cpuMs: 7 * 100e6 }, 45.4],
    [{ requests: 720, cpuMs: 720 * 180_000 }, 6.99],
    [{ kvWrites: 3e6, queues: 2e6, rowsWritten: 51e6 }, 5 + 10 + 0.4 + 1],
  ])("of %j is $%d", (usage, dollars) => {
    expect(priceMonth(usage)).toBeCloseTo(dollars, 2)
  })

  it("never falls with more views, or with more of them rendered", () => {
    const costs = [0.05, 0.1, 0.5, 1].flatMap((rendered) =>
      [1e4, 1e6, 1e8].map((views) => priceMonth(usageOf(views, rendered))),
    )
    for (const [index, cost] of costs.entries())
      if (index % 3 > 0) expect(cost).toBeGreaterThanOrEqual(costs[index - 1] ?? 0)
    for (const [index, cost] of costs.entries())
      if (index >= 3) expect(cost).toBeGreaterThanOrEqual(costs[index - 3] ?? 0)
  })

  it("is on the page as `node bench/costs.ts` prints it", () => {
    for (const row of describeCosts()) expect(section("Costs")).toContain(`${row}\n`)
  })
})
