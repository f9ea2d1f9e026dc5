import { afterEach, beforeAll, describe, expect, it, vi } from "vitest"
import { reindexQueued } from "../../src/desk/reindex.ts"
import { openStores } from "../../src/store/stores.ts"
import { compose, createRig, env, publish, type Rig, site } from "./rig.ts"

let rig: Rig
const day = 86_400_000
const canary = "SECRETCANARY"

beforeAll(async () => {
  rig = await createRig()
  const articles: [string, Record<string, unknown>, string][] = [
    ["/asia/tajikistan/in-title", { title: "Glaciers retreat", summary: "A report." }, "Ice, snow and rivers."],
    ["/asia/tajikistan/in-summary", { title: "A report", summary: "Glaciers retreat." }, "Ice, snow and rivers."],
    ["/asia/tajikistan/in-text", { title: "A report", summary: "A note." }, "Glaciers, ice, snow and rivers."],
    ["/asia/nepal/older", { title: "Monsoon", date: "2019-05-01", topics: ["water"] }, "Rain fell on the hills."],
    ["/africa/mali/newer", { title: "Monsoon", date: "2021-05-01", topics: ["water"] }, "Rain fell on the hills."],
    ["/africa/mali/health", { title: "Clinics reopen", topics: ["health"] }, "Rain fell on the roof of the clinic."],
    [
      "/fr/africa/mali/eau",
      { title: "Le manque d’eau", summary: "L’œuvre d’une association." },
      "Les élèves attendent l’aide <b>promise</b>.",
    ],
    [
      "/ar/asia/tajikistan/amn",
      { title: "قمة الأَمْن", summary: "في دوشنبه." },
      "وصل اللاجئون إلى المدارس، وقالت المنظّمة إن المياه نظيفة.",
    ],
    ["/ru/asia/tajikistan/v-zagolovke", { title: "Беженцы у границы", summary: "Коротко." }, "В Таджикистане снег."],
    ["/ru/asia/tajikistan/v-tekste", { title: "Перевал закрыт", summary: "Коротко." }, "Дорогу ждёт каждый беженец."],
    [
      "/asia/nepal/gated",
      { title: "A gated story" },
      `Everyone reads avalanche.\n\n<!-- members-only -->\n\nMembers read ${canary}.`,
    ],
    ["/asia/nepal/teased", { title: "Another", access: "members" }, `The first paragraph.\n\nThe rest has ${canary}.`],
  ]
  const excerpt = [
    "Heron: see [the pass](https://en.wikipedia.org/wiki/Anzob_(pass)) first.",
    '"We [the army] will go," heron; AT&amp;T, ~50 heron, heron_desk@example.org, C# and .NET, 2 * 3 = 6.',
    "| Ibis | Number |\n|------|-------:|\n| Ibis | 10 |",
    "caf&eacute;s un*frigging*believable H<sub>2</sub>O micro<wbr>finance <script>scripted</script> &HilbertSpace;",
    "Oʻzbekiston: 我们在北京见面。สวัสดีชาวโลก",
    `${"Filler text. ".repeat(8000)}Farewell at the end.[^1]`,
    `![Alternative](/media/${"a".repeat(64)}.jpg "Captionword here")`,
    "[^1]: Footnoteword.",
  ].join("\n\n")
  articles.push([
    "/asia/nepal/excerpt",
    { title: "T", summary: "S.", authors: ["Quintessa Byline"], topics: ["Zymurgy"] },
    excerpt,
  ])
  for (const [path, front, body] of articles)
    expect((await publish(rig, path, compose(front, `${body}\n`))).problems, path).toEqual([])
})

afterEach(() => {
  vi.useRealTimers()
  for (const memory of rig.memories) {
    for (const kept of [memory.answers, memory.scarce]) kept.clear()
    Object.assign(memory, { bytes: 0, scarceBytes: 0 })
  }
})

async function search(query: string, prefix = ""): Promise<{ status: number; paths: string[]; page: string }> {
  const response = await rig.get(`${prefix}/search?${query}`)
  const page = await response.text()
  const results = page.slice(page.indexOf(`<ul class="rows`), page.indexOf("</main>"))
  return {
    status: response.status,
    page,
    paths: [...results.matchAll(/<h3><a href="([^"]+)"/g)].map((found) => found[1] ?? ""),
  }
}

const find = async (words: string, prefix = "") => (await search(`q=${encodeURIComponent(words)}`, prefix)).paths

describe("an article", () => {
  it.each([
    ...[
      "cafés",
      "unfriggingbelievable",
      "H2O",
      "microfinance",
      "farewell",
      "captionword",
      "footnoteword",
      "alternative",
    ],
    ...["Quintessa", "zymurgy"],
  ])("is found by words on its page: %s", async (word) => expect(await find(word)).toEqual(["/asia/nepal/excerpt"]))

  it.each(["scripted", "wikipedia", "eacute", "wbr"])("is not found by words that are not on it: %s", async (word) =>
    expect(await find(word)).toEqual([]))

  it.each([
    ["Mali", "", ["/africa/mali/health", "/africa/mali/newer"]],
    ["africa", "", ["/africa/mali/health", "/africa/mali/newer"]],
    ["Afrique", "/fr", ["/fr/africa/mali/eau"]],
    ["l’Afrique", "/fr", ["/fr/africa/mali/eau"]],
    ["طاجيكستان", "/ar", ["/ar/asia/tajikistan/amn"]],
    ["آسيا", "/ar", ["/ar/asia/tajikistan/amn"]],
    ["Таджикистане", "/ru", ["/ru/asia/tajikistan/v-zagolovke", "/ru/asia/tajikistan/v-tekste"]],
    ["Азии", "/ru", ["/ru/asia/tajikistan/v-tekste", "/ru/asia/tajikistan/v-zagolovke"]],
  ])("is found by the names of its country and region, which need not be in its text: %s", async (name, prefix, paths) =>
    expect((await find(name, prefix)).sort()).toEqual([...paths].sort()))

  it("has excerpts with the words as the page shows them", async () => {
    const { page } = await search("q=heron")
    const shown = page.replace(/<\/?mark>/g, "").replaceAll("&amp;", "&")
    expect(shown).toContain(
      "Heron: see the pass first. “We [the army] will go,” heron; AT&T, ~50 heron, heron_desk@example.org, C# and .NET, 2 * 3 = 6.",
    )
    expect((await search("q=ibis")).page).not.toContain("---")
  })
})

describe("results", () => {
  it("are counted", async () => {
    const heading = async (query: string, prefix = "") =>
      /<h2 class="rule">([^<]*)<\/h2>/.exec((await search(query, prefix)).page)?.[1]
    expect(await heading("q=rain")).toBe("3 results for “rain”")
    expect(await heading("q=rain&topic=water")).toBe("2 results for “rain”")
    expect(await heading("q=rain&region=asia")).toBe("1 result for “rain”")
    expect(await heading("q=zebra")).toBe("No results for “zebra”. Try fewer or different words.")
    expect(await heading("q=aide", "/fr")).toMatch(/^1 résultat pour «.aide.»$/)
  })

  it("rank titles before summaries before texts, and newer articles first among equals", async () => {
    expect(await find("glaciers")).toEqual(
      ["in-title", "in-summary", "in-text"].map((slug) => `/asia/tajikistan/${slug}`),
    )
    expect(await find("monsoon")).toEqual(["/africa/mali/newer", "/asia/nepal/older"])
  })

  it("contain all words, the last of which may be a prefix", async () => {
    expect(await find("rain clin")).toEqual(["/africa/mali/health"])
    expect(await find("rai clinic")).toEqual([])
  })

  it.each([
    "eau",
    "l'eau",
    "d’eau",
    "l’oeuvre",
    "ŒUVRE",
    "eleves",
    "d'aide",
    "élèves l’aide",
  ])("include French, typed as %s", async (typed) => {
    expect(await find(typed, "/fr")).toEqual(["/fr/africa/mali/eau"])
  })

  it.each([
    "امن",
    "الأمن",
    "الامن",
    "أَمْن",
    "مدارس",
    "للمدارس",
    "المنظمة",
    "منظمه",
    "مياه",
    "لاجئون",
  ])("include Arabic, typed as %s", async (typed) => {
    expect(await find(typed, "/ar")).toEqual(["/ar/asia/tajikistan/amn"])
  })

  it.each([
    ["北京", "北京"],
    ["ชาวโลก", "ชาวโลก"],
    ["o'zbekiston", "Oʻzbekiston"],
  ])("include words of scripts without spaces and with other apostrophes: %s", async (typed, marked) => {
    expect((await search(`q=${encodeURIComponent(typed)}`)).page).toContain(`<mark>${marked}</mark>`)
    expect(await find([...typed].reverse().join(""))).toEqual([])
  })

  it("in quotation marks are a phrase", async () => {
    expect(await find('"snow and rivers"')).toHaveLength(3)
    expect(await find('"ice, snow"')).toHaveLength(3)
    expect(await find('"rivers and snow"')).toEqual([])
    expect((await find("“glaciers retreat” rivers")).sort()).toEqual([
      "/asia/tajikistan/in-summary",
      "/asia/tajikistan/in-title",
    ])
    expect(await find("« manque d'eau »", "/fr")).toEqual(["/fr/africa/mali/eau"])
    expect(await find("«قمة الأمن»", "/ar")).toEqual(["/ar/asia/tajikistan/amn"])
    expect(await find("«الأمن قمة»", "/ar")).toEqual([])
    expect(await find('"каждому беженцу"', "/ru")).toEqual(["/ru/asia/tajikistan/v-tekste"])
    const { page } = await search(`q=${encodeURIComponent('"snow and rivers"')}`)
    expect(page).toContain("Ice, <mark>snow and rivers</mark>.")
    expect(page).toContain("3 results for “&quot;snow and rivers&quot;”")
  })

  it("include abbreviations with dots and without, and names with apostrophes and without", async () => {
    const path = "/africa/chad/abbreviations"
    await publish(rig, path, compose({ title: "The U.N. in N’Djamena" }, "The US and the U.N.'s plan.\n"))
    for (const typed of [
      "UN",
      "U.N.",
      "u.n plan",
      "ndjamena",
      "N'Djamena",
      "U.S.",
      '"the UN in Ndjamena"',
      '"UN’s plan"',
    ])
      expect(await find(typed), typed).toEqual([path])
    expect((await search("q=un+plan")).page).toContain("<mark>U.N</mark>.&#39;s <mark>plan</mark>")
  })

  it("ignore emoji", async () => expect(await find("❤️ glaciers retreat ☀️")).toHaveLength(2))

  it("are only in the page's language", async () => {
    expect(await find("eau")).toEqual([])
  })

  it("show the text as written, escaped, with the matches marked", async () => {
    expect((await search("q=aide", "/fr")).page).toContain("Les élèves attendent <mark>l’aide</mark> promise.")
    expect((await search("q=لاجئون", "/ar")).page).toContain("وصل <mark>اللاجئون</mark> إلى المدارس")
    expect((await search("q=%3Cscript%3Ealert(1)%3C/script%3E")).page).not.toContain("<script>alert(1)")
  })

  it("never include members' text", async () => {
    for (const words of [canary, "secretcanary", "members read", "rest has"]) expect(await find(words)).toEqual([])
    expect(await find("avalanche")).toEqual(["/asia/nepal/gated"])
    expect((await search("q=avalanche")).page).not.toContain(canary)
    const { results } = await env.CATALOGUE.prepare("SELECT body FROM search_text").all<{ body: string }>()
    expect(results.some(({ body }) => body.includes(canary))).toBe(false)
  })
})

describe("filters", () => {
  it("narrow by region, by topic and by both", async () => {
    expect((await search("q=rain&region=asia")).paths).toEqual(["/asia/nepal/older"])
    expect((await search("q=rain&topic=health")).paths).toEqual(["/africa/mali/health"])
    expect((await search("q=rain&region=africa&topic=water")).paths).toEqual(["/africa/mali/newer"])
    expect((await search("q=rain&region=europe")).paths).toEqual([])
  })

  it("are a form that shows the choice, in the page's language, without script", async () => {
    const { page } = await search("q=eau&region=africa&topic=water", "/fr")
    expect(page).toContain(`<option value="africa" selected>Afrique</option>`)
    expect(page).toContain(`<option value="water" selected>Eau</option>`)
    expect(page).toMatch(/<form role="search" action="\/fr\/search">/)
  })

  it("that match no region change nothing", async () => {
    expect((await search("q=monsoon&region=atlantis&colour=red")).paths).toHaveLength(2)
  })
})

describe("whatever is typed", () => {
  it.each([
    '"',
    "*",
    "rain*",
    "NEAR(rain hills)",
    "rain OR hills",
    "rain NOT hills",
    "AND",
    "title : rain",
    "{title} : rain",
    "^rain",
    "rain + hills",
    "((((",
    "'; DROP TABLE search; --",
    "!!! ... ؟",
    "\u0000\u0001",
    "x".repeat(200),
    "word ".repeat(40),
    "ا".repeat(200),
    "\ud800",
    "𝕏 🎉",
    "%",
    "_",
  ])("answers %j", async (typed) => {
    const { status, page } = await search(`q=${encodeURIComponent(typed.toWellFormed())}`)
    expect(status).toBe(200)
    expect(page).toContain("</html>")
  })

  it("answers raw bytes and broken escapes", async () => {
    for (const query of ["q=%", "q=%ff%fe", "q=%00", "q", "q=", "q=a&q=b", "q[]=a"])
      expect((await search(query)).status).toBe(200)
  })

  it("offers help when nothing is found", async () => {
    const { status, page } = await search("q=nowhere-to-be-found&region=asia")
    expect(status).toBe(200)
    expect(page).toContain("No results for “nowhere-to-be-found”")
    expect(page).toContain(`href="/search?q=nowhere-to-be-found"`)
    expect(page).toContain(`href="/topics/water"`)
  })

  it("finds an article that moved to another language by that language's words, once the cron has run", async () => {
    const [from, to] = ["/asia/nepal/ozera", "/ru/asia/nepal/ozera"]
    await publish(rig, from, compose({ title: "Озёра", topics: ["water"] }, "Вот и всё.\n"), { force: true })
    expect((await rig.desk("POST", "/move", { from, to, base: 1 })).status).toBe(200)
    expect(await reindexQueued(openStores(env), site, Date.now())).toBe(false)
    await rig.flushPurges()
    for (const word of ["озеро", "Вода"])
      expect(await (await rig.get(`/ru/search?q=${encodeURIComponent(word)}`)).text()).toContain(`href="${to}"`)
    await rig.desk("POST", "/unpublish", { path: to, base: 2, reason: "test" })
  })

  it("finds an article that moved to another country by that country's name only, once the cron has run", async () => {
    const [from, to] = ["/asia/nepal/bridge", "/asia/bhutan/bridge"]
    await publish(rig, from, compose({ title: "The bridge" }, "Steel.\n"), { force: true })
    expect(await find("bridge nepal")).toEqual([from])
    expect((await rig.desk("POST", "/move", { from, to, base: 1 })).status).toBe(200)
    expect(await reindexQueued(openStores(env), site, Date.now())).toBe(false)
    await rig.flushPurges()
    expect(await find("nepal bridge")).toEqual([])
    expect(await find("bhutan bridge")).toEqual([to])
    await rig.desk("POST", "/unpublish", { path: to, base: 2, reason: "test" })
  })

  it("suggests only topics that have articles in its language, from their first second to their last", async () => {
    const now = Date.now()
    vi.useFakeTimers({ toFake: ["Date"], now })
    const iso = (seconds: number) => new Date(now + seconds * 1000).toISOString()
    const soon = compose({ title: "Écoles", topics: ["education"], date: iso(30), expires: iso(60) }, "Texte.\n")
    expect((await publish(rig, "/fr/asia/ecoles", soon, { force: true })).status).toBe(200)
    const suggested = async (path: string) =>
      [...(await (await rig.get(path)).text()).matchAll(/<li><a href="([^"]*\/topics\/[^"]*)"/g)].map(
        ([, href]) => href,
      )
    for (const language of ["fr", "ar"]) expect(await suggested(`/${language}/search?q=introuvable`)).toEqual([])
    expect(await suggested("/search?q=nowhere-to-be-found")).toEqual(["/topics/health", "/topics/water"])
    vi.setSystemTime(now + 30_000)
    expect(await suggested("/fr/search?q=introuvable")).toEqual(["/fr/topics/education"])
    vi.setSystemTime(now + 60_000)
    expect(await suggested("/fr/search?q=introuvable")).toEqual([])
  })

  it("answers 404 for a page beyond the last", async () => {
    expect((await search("q=monsoon&page=2")).status).toBe(404)
    expect((await search("q=monsoon&page=0")).status).toBe(404)
  })
})

describe("caching and indexing", () => {
  it("is excluded from indexes, and cached for a minute under one spelling", async () => {
    const response = await rig.get("/search?q=monsoon")
    expect(await response.text()).toContain(`<meta name="robots" content="noindex">`)
    expect(response.headers.get("Cache-Control")).toMatch(/^public, max-age=60\b/)
    rig.counts.d1 = 0
    for (const other of ["q=MONSOON", "q=+monsoon++", "region=&q=Monsoon&topic=", "q=monsoon&page=1&utm=x"])
      await (await rig.get(`/search?${other}`)).arrayBuffer()
    expect(rig.counts.d1).toBe(0)
  })

  it("includes articles the second their embargo ends, and drops expired ones, without a publish", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Math.ceil(Date.now() / 1000) * 1000 })
    const soon = new Date(Date.now() + 5_000).toISOString()
    const later = new Date(Date.now() + 8_000).toISOString()
    await publish(rig, "/asia/nepal/embargoed", compose({ title: "Zephyr", date: soon, expires: later }, "Text.\n"))
    expect(await find("zephyr")).toEqual([])
    vi.setSystemTime(Date.now() + 5_000)
    expect(await find("zephyr")).toEqual(["/asia/nepal/embargoed"])
    vi.setSystemTime(Date.now() + 3_000)
    expect(await find("zephyr")).toEqual([])
  })

  it("forgets unpublished articles and their text", async () => {
    await publish(rig, "/asia/nepal/withdrawn", compose({ title: "Quixotry", date: "2020-01-01" }, "Text.\n"))
    expect(await find("quixotry")).toHaveLength(1)
    expect(
      (await rig.desk("POST", "/unpublish", { path: "/asia/nepal/withdrawn", base: 1, reason: "wrong" })).status,
    ).toBe(200)
    expect(await find("quixotry")).toEqual([])
    const left = await env.CATALOGUE.prepare(
      "SELECT count(*) AS n FROM search_text t LEFT JOIN articles a ON a.id = t.id WHERE a.id IS NULL OR a.live = 0",
    ).first("n")
    expect(left).toBe(0)
  })

  it("finds a changed text only by its new words", async () => {
    const path = "/asia/nepal/changed"
    await publish(rig, path, compose({ title: "Changed" }, "Firstword here.\n"))
    await publish(rig, path, compose({ title: "Changed" }, "Secondword here.\n"), { base: 1 })
    expect(await find("firstword")).toEqual([])
    expect(await find("secondword")).toEqual([path])
  })
})

describe("Russian", () => {
  const refugees = ["/ru/asia/tajikistan/v-zagolovke", "/ru/asia/tajikistan/v-tekste"]

  it("finds every form of a word, titles first, and marks the form that the text has", async () => {
    expect(await find("беженцам", "/ru")).toEqual(refugees)
    expect(await find("БЕЖЕНЕЦ", "/ru")).toEqual(refugees)
    expect((await search(`q=${encodeURIComponent("беженцев")}`, "/ru")).page).toContain("<mark>беженец</mark>")
    expect(await find("Таджикистан", "/ru")).toEqual(refugees)
    expect(await find("дороги ждет", "/ru")).toEqual([refugees[1]])
  })

  it("is indexed again where an earlier release indexed it", async () => {
    const path = "/ru/asia/tajikistan/prezhny"
    await publish(rig, path, compose({ title: "Сарезское озеро", topics: ["вода"] }, "Плотины Памира.\n"))
    const { id } = (await env.CATALOGUE.prepare("SELECT id FROM articles WHERE path = ?1")
      .bind(path)
      .first<{ id: number }>()) ?? { id: 0 }
    const insert =
      "INSERT INTO search (rowid, title, summary, body) VALUES (?1, 'сарезское озеро', '', 'плотины памира')"
    await env.CATALOGUE.batch([
      env.CATALOGUE.prepare("DELETE FROM search WHERE rowid = ?1").bind(id),
      env.CATALOGUE.prepare(insert).bind(id),
      env.CATALOGUE.prepare("INSERT INTO search_queue VALUES (?1), (-1)").bind(id),
    ])
    expect(await find("плотина", "/ru")).toEqual([])
    await reindexQueued(openStores(env), site, Date.now())
    for (const memory of rig.memories) memory.answers.clear()
    for (const word of ["плотина", "озера", "водой", "памир"]) expect(await find(word, "/ru"), word).toEqual([path])
    expect(await env.CATALOGUE.prepare("SELECT count(*) AS n FROM search_queue").first("n")).toBe(0)
    expect(await env.CATALOGUE.prepare("SELECT count(*) AS n FROM search WHERE rowid = ?1").bind(id).first("n")).toBe(1)
    expect(await env.CATALOGUE.prepare("SELECT count(*) AS n FROM purge_outbox WHERE tag = 'q:'").first("n")).not.toBe(
      0,
    )
  })

  it("the migration queues what is folded differently now, and nothing else", async () => {
    const written: [path: string, title: string, text: string][] = [
      ["/ru/asia/tajikistan/lavrov", "Лавров в Душанбе", "Встреча.\n"],
      ["/asia/tajikistan/sign", "The sign", "It says ห้าม at the gate.\n"],
      ["/asia/tajikistan/uzbek", "Oʻzbekiston", "A name.\n"],
      ["/asia/tajikistan/latin", "Road closed – «again»", "Snow.\n"],
      ["/ar/asia/tajikistan/tariq", "الطريق", "ثلج.\n"],
    ]
    for (const [path, title, text] of written) await publish(rig, path, compose({ title }, text))
    await env.CATALOGUE.prepare("DELETE FROM search_queue").run()
    const [queue = ""] = env.MIGRATIONS.catalogue.find(({ name }) => name.startsWith("0016"))?.queries ?? []
    await env.CATALOGUE.prepare(queue).run()
    const query = `SELECT a.path FROM search_queue q JOIN articles a ON a.id = q.id
      WHERE a.path IN (SELECT value FROM json_each(?1)) ORDER BY a.id`
    const paths = JSON.stringify(written.map(([path]) => path))
    const { results } = await env.CATALOGUE.prepare(query).bind(paths).all<{ path: string }>()
    expect(results.map(({ path }) => path)).toEqual(written.slice(0, 3).map(([path]) => path))
    await env.CATALOGUE.prepare("DELETE FROM search_queue").run()
  })

  it.each(["0017", "0019"])("and so does migration %s, every live article", async (migration) => {
    const path = `/asia/nepal/ended-${migration}`
    await publish(rig, path, compose({ title: "Ended" }, "Text.\n"))
    expect((await rig.desk("POST", "/unpublish", { path, base: 1, reason: "test" })).status).toBe(200)
    const [queue = ""] = env.MIGRATIONS.catalogue.find(({ name }) => name.startsWith(migration))?.queries ?? []
    await env.CATALOGUE.prepare(queue).run()
    const query =
      "SELECT (SELECT count(*) FROM search_queue) AS queued, (SELECT count(*) FROM articles WHERE live = 1) AS live"
    const counts = await env.CATALOGUE.prepare(query).first<{ queued: number; live: number }>()
    expect(counts?.queued).toBe(counts?.live)
    await env.CATALOGUE.prepare("DELETE FROM search_queue").run()
  })

  it("stays in the queue while its text cannot be read, and leaves others alone", async () => {
    const paths = ["/ru/asia/tajikistan/est", "/ru/asia/tajikistan/net"]
    for (const path of paths) await publish(rig, path, compose({ title: "Старые слова" }, `Текст ${path}.\n`))
    const listed = JSON.stringify(paths)
    await env.CATALOGUE.batch([
      env.CATALOGUE.prepare(
        "INSERT INTO search_queue SELECT id FROM articles WHERE path IN (SELECT value FROM json_each(?1))",
      ).bind(listed),
      env.CATALOGUE.prepare("UPDATE revisions SET open_hash = ?1 WHERE path = ?2").bind("0".repeat(64), paths[1]),
    ])
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined)
    await reindexQueued(openStores(env), site, Date.now())
    expect(logged).toHaveBeenCalledWith("reindex", paths[1], expect.anything())
    logged.mockRestore()
    const query = "SELECT a.path FROM search_queue q JOIN articles a ON a.id = q.id"
    expect((await env.CATALOGUE.prepare(query).all()).results).toEqual([{ path: paths[1] }])
    expect((await find("старое слово", "/ru")).sort()).toEqual(paths)
  })
})

it("pages through many results, each appearing once", async () => {
  for (let index = 0; index < 25; index++) {
    const date = new Date(Date.UTC(2022, 0, 1) + index * day).toISOString().slice(0, 10)
    await publish(rig, `/europe/kosovo/many-${index}`, compose({ title: "Plenty", date }, "Same text.\n"))
  }
  const first = await search("q=plenty")
  const second = await search("q=plenty&page=2")
  expect(first.paths).toHaveLength(20)
  expect(first.paths[0]).toBe("/europe/kosovo/many-24")
  expect(new Set([...first.paths, ...second.paths]).size).toBe(25)
  expect(first.page).toContain(`rel="next" href="/search?q=plenty&amp;page=2"`)
  expect(second.page).not.toContain(`rel="next"`)
}, 60_000)
