// What `stats` prints: a table for people, one JSON value for programs.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as v from "valibot"
import { expect, it } from "vitest"
import { stats } from "../../src/cli/commands/stats.ts"

const edition = {
  ...{ list: "headlines", date: "2026-11-23", language: "en", at: "2026-11-23T06:00:00.000Z", who: "cron" },
  ...{ planned: 123_456, waiting: 20, sending: 2, accepted: 123_000, failed: 300, unknown: 100, withdrawn: 34 },
  bounced: 250,
}
const figures = {
  members: { now: 1, paying: 1 },
  subscribers: [{ list: "headlines", language: "en", subscribers: 123_500, recipients: 123_400 }],
  stopped: { bounce: 1, complaint: 2 },
  sender: "ses",
  editions: [edition, { ...edition, list: "digest", date: "2026-11-05", language: "pt-BR", waiting: 0, sending: 0 }],
  purges: 0,
  pages: [
    { day: "2026-11-23", memory: 9000, edge: 500, rendered: 400, stale: 20, failed: 2 },
    { day: "2026-11-22", memory: 60, edge: 10, rendered: 8, stale: 0, failed: 0 },
  ],
  queues: { mail: 3, events: 0, dead: 0 },
}

/** What the command prints for these figures. */
async function run(answer: object) {
  const server = createServer((_, response) => response.end(JSON.stringify(answer)))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const lines: string[] = []
  const warnings: string[] = []
  const results: unknown[] = []
  const output = {
    json: false,
    line: (...parts: string[]) => void lines.push(parts.join("")),
    warn: (text: string) => void warnings.push(text),
    result: (value: unknown) => void results.push(v.parse(stats.shape, value)),
    ...{ progress: () => undefined, good: (text: string) => text, bad: (text: string) => text },
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    await stats.run({ url, content: "", key: "test-key-of-desk" }, { args: [], options: {}, output })
  } finally {
    server.close()
  }
  return { lines, warnings, results }
}

it("prints a table of the last editions that fits in 80 columns", async () => {
  const { lines, warnings, results } = await run(figures)
  const editions = figures.editions.map((one) => ({ ...one, at: "2026-11-23T07:00:00+01:00" }))
  expect(results).toEqual([{ ...figures, editions }])
  expect(warnings).toEqual([])
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  expect(lines.join("\n")).toBe(`1 member, 1 of them paying

             subscribers recipients now
headlines en      123500         123400
Stopped addresses: 1 bounce, 2 complaints

                       planned waiting accepted failed unknown bounced withdrawn
23 Nov headlines en     123456      22   123000    300     100     250        34
5 Nov  digest    pt-BR  123456       0   123000    300     100     250        34

Editions are sent through Amazon SES

Of 10000 pages counted in the last 7 days, 95.9% came from a cache
(memory 90.6%, edge 5.1%, stale 0.2%); 4.1% rendered, 0.0% failed
Queues: 3 to send, 0 reports, 0 dead`)
})

it("says what to do if editions are not sent, if messages are dead, and if purges fail", async () => {
  const queues = { mail: null, events: 0, dead: 1 }
  const { lines, warnings } = await run({
    ...figures,
    ...{ subscribers: [], editions: [], sender: null, purges: 3, pages: [], queues },
  })
  expect(lines).toContain("No subscribers yet")
  expect(lines.join("\n")).not.toContain("recipients now")
  expect(lines).toContain("No editions yet")
  expect(lines).toContain("No pages were counted in the last 7 days")
  expect(lines).toContain("Queues: ? to send, 0 reports, 1 dead")
  expect(warnings).toEqual([
    "Editions are not sent: set the secrets SES_ACCESS_KEY_ID, SES_SECRET_ACCESS_KEY and SES_REGION (docs/mail.md)",
    "1 message failed 20 times (docs/mail.md#when-something-is-wrong)",
    "3 cache purges failed. The site retries (docs/runbook/purge-refused.md)",
  ])
})
