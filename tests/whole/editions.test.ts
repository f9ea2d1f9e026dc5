// The command line previews, tests and sends editions of the newsletters.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { readMails } from "../browser/read-mail.ts"
import { type RunningSite, runDateline, startSite } from "./running-site.ts"

let site: RunningSite

beforeAll(async () => {
  site = await startSite({ copy: false, watch: false })
  mkdirSync(join(site.content, "asia/nepal"), { recursive: true })
  const article = "---\ntitle: Snow closes the pass\nsummary: Trucks wait.\ndate: 2024-01-01\n---\nText.\n"
  writeFileSync(join(site.content, "asia/nepal/snow.md"), article)
  expect(runDateline(site, ["publish", "--no-cards"]).code).toBe(0)
})
afterAll(async () => {
  await site?.stop()
  rmSync(join(site.content, ".."), { recursive: true, force: true })
})

it("previews, tests and sends the headlines, once", () => {
  const file = join(site.content, "../preview.html")
  const shown = runDateline(site, ["headlines", "preview", "--html", file])
  expect([shown.code, shown.err]).toEqual([0, ""])
  expect(shown.out).toMatch(/^Subject: .+\nPreheader: .+\n\n/)
  expect(shown.out).toContain("Snow closes the pass")
  expect(shown.out).toMatch(/headlines \d{4}-\d\d-\d\d en is not planned yet\nWrote /)
  expect(readFileSync(file, "utf8")).toContain("Snow closes the pass")
  const { letter, date } = JSON.parse(runDateline(site, ["headlines", "preview", "--json"]).out)
  expect(shown.out).toContain(letter.text)

  const tested = runDateline(site, ["headlines", "test", "editor@example.org"])
  expect([tested.code, tested.err]).toEqual([0, ""])
  expect(tested.out).toContain("marked as a test")
  expect(tested.out).toContain("`mail` in its state folder")
  expect(readMails(site.state)).toMatchObject([{ to: "editor@example.org", subject: `[Test] ${letter.subject}` }])

  const sent = runDateline(site, ["headlines", "send"])
  expect([sent.code, sent.err]).toEqual([0, ""])
  expect(sent.out).toContain(`headlines ${date} en will be sent within two minutes`)
  expect(sent.out).toMatch(/headlines \S+ fr has nothing to send: nothing has been published since /)
  const again = runDateline(site, ["headlines", "send", "--language", "en"])
  expect(again.code).toBe(0)
  expect(again.out).toMatch(/en will not be sent again: it was planned \d{4}-\d\d-\d\d .+ by admin/)
  expect(runDateline(site, ["headlines", "preview", date]).out).toMatch(/was planned .+ by admin/)
})

it("says what is wrong, and what is empty", () => {
  const empty = runDateline(site, ["digest", "preview", "--language", "fr"])
  expect([empty.code, empty.out]).toEqual([1, ""])
  expect(empty.err).toMatch(
    /fr has nothing to send: nothing has been published since .+, and there is no editor's note/,
  )
  expect(runDateline(site, ["digest", "test", "editor@example.org", "--language", "fr"]).code).toBe(1)
  expect(runDateline(site, ["headlines", "send", "--language", "fr"]).code).toBe(0)
  for (const [args, message] of [
    [["digest", "preview", "2026-02-30"], "2026-02-30 is not a valid date. Use the format 2026-11-23"],
    [["digest", "preview", "2020-01-01"], "there was no edition of the digest on 2020-01-01"],
    [["digest", "send", "2100-01-01"], "the digest of 2100-01-01 cannot be sent"],
    [["digest", "preview", "--language", "xx"], "language must be one of en, fr, ar"],
    [["digest", "test", "editor"], "editor: "],
    [["digest", "test"], "Missing argument `email`"],
  ] as const) {
    const { code, err } = runDateline(site, args)
    expect([args, code, err]).toEqual([args, 2, expect.stringContaining(message)])
  }
})
