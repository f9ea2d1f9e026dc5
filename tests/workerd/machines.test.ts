import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { compose, createRig, env, origin, publish, type Rig, site } from "./rig.ts"

let rig: Rig
const country = "/asia/tajikistan"

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 10, 12) })
  rig = await createRig()
  for (const table of [
    "articles",
    "listed",
    "months",
    "search",
    "search_text",
    "corrections",
    "redirects",
    "aliases",
    "former_paths",
    "revisions",
  ])
    await env.CATALOGUE.prepare(`DELETE FROM ${table}`).run()
})

afterEach(() => vi.useRealTimers())

async function text(path: string, status = 200): Promise<string> {
  const response = await rig.get(path)
  const body = await response.text()
  expect(response.status, path).toBe(status)
  return body
}

const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

/** Every address that lists articles and could list this one. */
const tellers = [
  "/",
  "/asia",
  country,
  "/topics/water",
  "/feed.xml",
  "/feed.json",
  "/asia/feed.xml",
  `${country}/feed.json`,
  "/topics/water/feed.xml",
  "/sitemap.xml",
  "/sitemaps/2026-11.xml",
  "/news-sitemap.xml",
  "/search?q=embargoed",
  `${country}/neighbour`,
]

describe("an article under embargo that will expire", () => {
  it("appears everywhere at its second and disappears everywhere at its expiry, without anyone acting", async () => {
    await publish(
      rig,
      `${country}/neighbour`,
      compose({ title: "Neighbour", date: "2026-11-09", topics: ["water"] }, "Text.\n"),
    )
    const front = { title: "Embargoed", date: at(20), expires: at(40), topics: ["water"] }
    await publish(rig, `${country}/embargoed`, compose(front, "Text.\n"))
    const telling = async () => {
      const found: string[] = []
      for (const path of tellers)
        if ((await (await rig.get(path)).text()).includes(`${country}/embargoed`)) found.push(path)
      return found
    }
    const all = tellers.filter((path) => path !== "/sitemap.xml")
    expect(await telling()).toEqual([])
    pass(19)
    expect(await telling()).toEqual([])
    await text(`${country}/embargoed`, 404)
    await text(`${country}/embargoed.md`, 404)
    pass(1)
    expect(await telling()).toEqual(all)
    await text(`${country}/embargoed.md`)
    pass(20)
    expect(await telling()).toEqual([])
    await text(`${country}/embargoed`, 410)
  })

  it("does not add its month to the index while the month has no readable article", async () => {
    await publish(rig, `${country}/future`, compose({ date: "2027-03-05" }, "Text.\n"))
    await publish(rig, `${country}/past`, compose({ date: "2026-11-05" }, "Text.\n"))
    expect(await text("/sitemap.xml")).not.toContain("2027-03")
    expect(await text("/sitemap.xml")).toContain("/sitemaps/2026-11.xml")
    await text("/sitemaps/2027-03.xml", 404)
    vi.setSystemTime(Date.UTC(2027, 2, 6))
    expect(await text("/sitemap.xml")).toContain("/sitemaps/2027-03.xml")
    expect(await text("/sitemaps/2027-03.xml")).toContain(`${origin}${country}/future<`)
  })
})

describe("sitemaps", () => {
  it("drop unpublished articles at once, and list no empty parts", async () => {
    await publish(rig, `${country}/only`, compose({ date: "2025-02-02" }, "Text.\n"))
    await publish(rig, `${country}/undated`, compose({ date: "unknown" }, "Text.\n"))
    expect(await text("/sitemap.xml")).toContain("/sitemaps/2025-02.xml")
    expect(await text("/sitemaps/2025-02.xml")).toContain("/only<")
    expect(await text("/sitemaps/undated.xml")).toContain("/undated<")
    await text("/sitemaps/undated-2.xml", 404)
    await text("/sitemaps/undated-1.xml", 404)
    expect((await rig.desk("POST", "/unpublish", { path: `${country}/only`, base: 1, reason: "wrong" })).status).toBe(
      200,
    )
    await text("/sitemaps/2025-02.xml", 404)
    expect(await text("/sitemap.xml")).not.toContain("2025-02")
    expect(await text("/sitemap.xml")).toContain("/sitemaps/undated.xml")
  })

  it.each([
    "UTC",
    "Europe/Zurich",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Etc/GMT+12",
  ])("have the months of the site's time zone, in their names and in their index: %s", async (timeZone) => {
    rig = await createRig({ site: { ...site, timeZone } })
    // Before 1894, Zurich's clocks were 34 minutes and 8 seconds ahead of UTC.
    const stories = ["1850-01-01", "2025-12-31T23:59:59", "2026-02-01", "2026-03-01", "2026-03-31T23:30", "2026-05-31"]
    for (const [index, date] of stories.entries())
      await publish(rig, `${country}/s${index}`, compose({ date }, "Text.\n"))
    const index = await text("/sitemap.xml")
    const months = [...index.matchAll(/sitemaps\/(\d{4}-\d\d)\.xml/g)].map(([, month]) => month)
    expect(months).toEqual(["2026-05", "2026-03", "2026-02", "2025-12", "1850-01"])
    const listed = async (month: string | undefined) =>
      [...(await text(`/sitemaps/${month}.xml`)).matchAll(/\/(s\d)<\/loc>/g)].map(([, slug]) => slug)
    expect(await Promise.all(months.map(listed))).toEqual([["s5"], ["s4", "s3"], ["s2"], ["s1"], ["s0"]])
    for (const month of ["1849-12", "2025-11", "2026-01", "2026-04", "2026-06"])
      await text(`/sitemaps/${month}.xml`, 404)
    // A move to another month leaves none behind.
    await publish(rig, `${country}/s5`, compose({ date: "2026-06-01" }, "Text.\n"), { base: 1 })
    expect(await text("/sitemap.xml")).not.toContain("2026-05")
    expect(await listed("2026-06")).toEqual(["s5"])
  })

  it("list existing translations, whatever their month", async () => {
    await publish(rig, `${country}/story`, compose({ date: "2025-02-02" }, "Text.\n"))
    expect(await text("/sitemaps/2025-02.xml")).not.toContain("hreflang")
    const french = { date: "2025-03-03", translationOf: `${country}/story` }
    await publish(rig, `/fr${country}/recit`, compose(french, "Texte.\n"))
    const links = (xml: string) =>
      [...xml.matchAll(/hreflang="(\w+)" href="([^"]+)"/g)].map(([, language, href]) => `${language} ${href}`).sort()
    const both = [`en ${origin}${country}/story`, `fr ${origin}/fr${country}/recit`]
    expect(links(await text("/sitemaps/2025-02.xml"))).toEqual(both)
    expect(links(await text("/sitemaps/2025-03.xml"))).toEqual(both)
    for (const path of [`${country}/story`, `/fr${country}/recit`]) {
      const head = (await text(path)).split("</head>")[0] ?? ""
      for (const link of both) expect(head).toContain(`hreflang="${link.slice(0, 2)}" href="${link.slice(3)}"`)
    }
    await rig.desk("POST", "/unpublish", { path: `/fr${country}/recit`, base: 1, reason: "wrong" })
    expect(await text("/sitemaps/2025-02.xml")).not.toContain("hreflang")
    expect(await text(`${country}/story`)).not.toContain("/recit")
  })

  it("drop an article from the month that it left", async () => {
    await publish(rig, `${country}/dated`, compose({ date: "2025-02-02" }, "Text.\n"))
    await publish(rig, `${country}/dated`, compose({ date: "2025-04-02" }, "Text.\n"), { base: 1 })
    expect(await text("/sitemap.xml")).not.toContain("2025-02")
    expect(await text("/sitemaps/2025-04.xml")).toContain("/dated<")
  })

  it("list news for two days only", async () => {
    await publish(rig, `${country}/fresh`, compose({ title: "Fresh <news>", date: at(-172_790) }, "Text.\n"))
    await publish(rig, `${country}/stale`, compose({ date: at(-172_801) }, "Text.\n"))
    const news = await text("/news-sitemap.xml")
    expect(news).toContain("<news:title>Fresh &lt;news&gt;</news:title>")
    expect(news).not.toContain("/stale")
    pass(10)
    expect(await text("/news-sitemap.xml")).not.toContain("/fresh")
  })
})

describe("feeds", () => {
  it("exist for every landing page, in both formats, without drafts or members' texts", async () => {
    await publish(
      rig,
      `${country}/one`,
      compose({ topics: ["water"], authors: ["Ada"], access: "members" }, "First.\n\nSECRETCANARY\n"),
    )
    expect(
      (await publish(rig, `${country}/draft`, compose({ title: "DRAFTCANARY", status: "draft" }, "Text.\n"))).problems,
    ).not.toEqual([])
    for (const page of ["", "/asia", country, "/topics/water", "/authors/ada"])
      for (const form of ["xml", "json"]) {
        const feed = await text(`${page}/feed.${form}`)
        expect(feed).toContain(`${origin}${country}/one`)
        expect(feed).not.toMatch(/SECRETCANARY|DRAFTCANARY/)
        const response = await rig.get(`${page}/feed.${form}`)
        expect(response.headers.get("Content-Type")).toBe(
          form === "xml" ? "application/rss+xml; charset=utf-8" : "application/feed+json; charset=utf-8",
        )
        await response.arrayBuffer()
      }
    for (const page of ["", "/africa", "/africa/mali"])
      expect(await text(`/fr${page}/feed.xml`)).not.toContain("<item>")
    await text("/topics/none/feed.xml", 404)
  })
})

describe("plain files", () => {
  it("robots.txt lists the sitemaps and disallows personal pages, in every language", async () => {
    const robots = await text("/robots.txt")
    for (const line of [`Sitemap: ${origin}/sitemap.xml`, `Sitemap: ${origin}/news-sitemap.xml`])
      expect(robots.split("\n")).toContain(line)
    for (const prefix of ["", "/fr", "/ar"])
      for (const path of ["/account", "/sign-in", "/sign-out", "/search?", "/newsletter/confirm"])
        expect(robots.split("\n")).toContain(`Disallow: ${prefix}${path}`)
  })

  it("llms.txt links only to addresses that work", async () => {
    await publish(rig, `${country}/one`, compose({ topics: ["water"] }, "Text.\n"))
    const llms = await text("/llms.txt")
    const links = [...llms.matchAll(/\]\(http:\/\/localhost:8787([^)]*)\)/g)].map((found) => found[1] || "/")
    expect(links.length).toBeGreaterThan(12)
    for (const path of new Set(links)) await text(path)
    expect(llms).toContain(".md")
  })

  it("security.txt is valid for months to come", async () => {
    const expires = /^Expires: (.+)$/m.exec(await text("/.well-known/security.txt"))?.[1] ?? ""
    expect(Date.parse(expires)).toBeGreaterThan(Date.now() + 30 * 86_400_000)
  })
})

describe("the Markdown version", () => {
  it("is only the text that its reader may read, with the page as its canonical address", async () => {
    await publish(
      rig,
      `${country}/gated`,
      compose({ title: "Gated" }, "Open *text*.\n\n<!-- members-only -->\n\nSECRETCANARY\n"),
    )
    const response = await rig.get(`${country}/gated.md`)
    const markdown = await response.text()
    expect(response.headers.get("Link")).toBe(`<${origin}${country}/gated>; rel="canonical"`)
    expect(markdown).toMatch(/^# Gated\n/)
    expect(markdown).toContain("Open *text*.")
    expect(markdown).not.toMatch(/SECRETCANARY|^---$|members-only/m)
    expect(markdown).toContain("The rest of this article is for members")
  })
})

describe("the ledger of corrections", () => {
  it("orders dates with and without a time as readers see them, in the site's zone", async () => {
    const corrections = [
      { date: "2026-10-30", text: "The day." },
      { date: "2026-10-29T23:30:00Z", text: "Half past midnight." },
      { date: "2026-10-29T22:30:00Z", text: "The evening before." },
    ]
    const path = `${country}/in-order`
    await publish(rig, path, compose({ date: "2026-09-01", corrections }, "Text.\n"))
    expect(await text("/corrections")).toMatch(/Half past midnight[^@]*The day[^@]*The evening before/)
    await rig.desk("POST", "/unpublish", { path, base: 1, reason: "done" })
  })

  it("lists each language's corrections, newest first, in pages, without missing articles", async () => {
    for (let index = 0; index < 22; index++) {
      const corrections = [{ date: `2026-10-${String(index + 1).padStart(2, "0")}`, text: `Correction ${index}.` }]
      await publish(rig, `${country}/corrected-${index}`, compose({ date: "2026-09-01", corrections }, "Text.\n"))
    }
    const french = { title: "Rectifié", date: "2026-09-01", corrections: [{ date: "2026-10-02", text: "Une erreur." }] }
    await publish(rig, `/fr${country}/rectifie`, compose(french, "Texte.\n"))
    // Half an hour before midnight in UTC, which is the next day in the site's zone.
    const late = { date: "2026-10-30T23:30:00Z", text: "Near midnight." }
    const corrected = { date: "2026-09-01", updated: late.date, corrections: [late] }
    await publish(rig, `${country}/late`, compose(corrected, "Text.\n"))
    for (const page of ["/corrections", `${country}/late`])
      expect(await text(page)).toMatch(/datetime="2026-10-31[^"]*">31 October 2026<\/time>[^@]*Near midnight/)
    await rig.desk("POST", "/unpublish", { path: `${country}/late`, base: 1, reason: "wrong" })
    const first = await text("/corrections")
    expect(first.indexOf("Correction 21.")).toBeLessThan(first.indexOf("Correction 20."))
    expect(first).not.toMatch(/Correction 1\.|Une erreur/)
    expect(first).toContain(`href="/corrections?page=2"`)
    expect(await text("/corrections?page=2")).toMatch(/Correction 1\.[\s\S]*Correction 0\./)
    await text("/corrections?page=3", 404)
    expect(await text("/fr/corrections")).toContain("Une erreur.")
    expect(await text("/ar/corrections")).not.toContain("Une erreur.")
    await rig.desk("POST", "/unpublish", { path: `${country}/corrected-21`, base: 1, reason: "wrong" })
    expect(await text("/corrections")).not.toContain("Correction 21.")
  })
})

describe("related articles", () => {
  const related = async (path: string) => {
    const page = await text(path)
    const from = page.indexOf("More from")
    return from === -1
      ? []
      : [...page.slice(from, page.indexOf("</section>", from)).matchAll(/<h\d><a href="([^"]+)"/g)].map(
          (found) => found[1],
        )
  }

  it("come from the country first, then its region, never the article itself or one under embargo", async () => {
    await publish(rig, `${country}/self`, compose({ date: "2026-11-01" }, "Text.\n"))
    await publish(rig, `${country}/near`, compose({ date: "2020-01-01" }, "Text.\n"))
    await publish(rig, `${country}/secret`, compose({ date: "2027-01-01" }, "Text.\n"))
    await publish(rig, "/asia/nepal/far", compose({ date: "2026-11-05" }, "Text.\n"))
    await publish(rig, "/asia/whole", compose({ date: "2026-11-04" }, "Text.\n"))
    await publish(rig, "/africa/mali/other", compose({ date: "2026-11-06" }, "Text.\n"))
    expect(await related(`${country}/self`)).toEqual([`${country}/near`, "/asia/nepal/far", "/asia/whole"])
    expect(await text(`${country}/self`)).toContain("More from Asia")
    for (let index = 0; index < 4; index++)
      await publish(rig, `${country}/more-${index}`, compose({ date: `2026-10-0${index + 1}` }, "Text.\n"))
    expect(await related(`${country}/self`)).toEqual([3, 2, 1, 0].map((index) => `${country}/more-${index}`))
    expect(await related("/asia/whole")).toHaveLength(4)
  })

  it("shows an old story's age, but not a new or undated one's", async () => {
    await publish(rig, `${country}/old`, compose({ date: "2003-04-25" }, "Text.\n"))
    await publish(rig, `${country}/new`, compose({ date: "2026-11-01" }, "Text.\n"))
    await publish(rig, `${country}/undated`, compose({ date: "unknown" }, "Text.\n"))
    expect(await text(`${country}/old`)).toContain("23 years ago")
    expect(await text(`${country}/new`)).not.toMatch(/\bago\b/)
    expect(await text(`${country}/undated`)).not.toMatch(/\bago\b/)
  })
})

describe("feed ids", () => {
  it("survive moves and new texts, and never pass to another article", async () => {
    const [first, second] = [`${country}/one`, `${country}/two`]
    const ids = async () => {
      const json = JSON.parse(await text(`${country}/feed.json`)) as { items: { id: string; title: string }[] }
      const rss = [...(await text(`${country}/feed.xml`)).matchAll(/<guid isPermaLink="(\w+)">([^<]+)/g)]
      expect(rss.map(([, , id]) => id)).toEqual(json.items.map(({ id }) => id))
      return Object.fromEntries(json.items.map(({ title, id }, index) => [title, `${id} ${rss[index]?.[1]}`]))
    }
    await publish(rig, first, compose({ title: "Old" }, "Text.\n"))
    expect(await ids()).toEqual({ Old: `${origin}${first} true` })
    await rig.desk("POST", "/move", { from: first, to: second, base: 0, force: true })
    expect(await ids()).toEqual({ Old: `${origin}${first} false` })
    await publish(rig, second, compose({ title: "Old, again" }, "More.\n"), { force: true })
    await publish(rig, first, compose({ title: "New" }, "Text.\n"))
    const now = await ids()
    expect(now["Old, again"]).toBe(`${origin}${first} false`)
    expect(now.New).toMatch(/^http:\/\/localhost:8787\/asia\/tajikistan\/one#\d+ false$/)
    await rig.desk("POST", "/move", { from: first, to: `${country}/three`, base: 0, force: true })
    expect(await ids()).toEqual(now)
  })
})
