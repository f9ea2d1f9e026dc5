// Two concurrent editors, with their catalogue trips in every order: no update is lost.
import * as fc from "fast-check"
import { beforeAll, expect, it } from "vitest"
import { deskApp } from "../../src/desk/app.ts"
import { hashContent } from "../../src/store/bodies.ts"
import { readMonths, touchMonths } from "../../src/store/sitemap.ts"
import { run } from "../../src/store/sql.ts"
import { compose, createRig, env, origin, type Rig, site, wrapDatabase } from "./rig.ts"

const names = ["Ada", "Ben"] as const
type Name = (typeof names)[number]
const kinds = ["publish", "rollback", "unpublish", "move"] as const

interface Step {
  readonly kind: (typeof kinds)[number]
  /** Which of two addresses. */
  readonly at: number
  readonly force: boolean
  /** The editor reads what the site has now, before the rest of the round. */
  readonly pull: boolean
  /** The response is lost, and the request is sent again. */
  readonly lost: boolean
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  at: fc.constantFrom(0, 0, 0, 1),
  force: fc.constantFrom(false, false, false, true),
  pull: fc.boolean(),
  lost: fc.constantFrom(false, false, true),
})
const rounds = fc.array(fc.record({ Ada: fc.option(step), Ben: fc.option(step) }), { minLength: 3, maxLength: 10 })

interface Answer {
  revision?: number
  published?: { revision: number }[]
  conflicts?: { who: string | null; when: string | null; movedTo?: string | null }[]
  error?: { code: string; who?: string; when?: string }
}
/** A change that the desk reported as done. */
interface Claim {
  readonly who: Name
  readonly action: string
  readonly base: number
  readonly force: boolean
  readonly revision: number
}

const keys = new Map<Name, string>()
let rig: Rig
let runs = 0
let texts = 0

beforeAll(async () => {
  rig = await createRig()
  for (const name of names) {
    const response = await rig.desk("POST", "/editors", { name, role: "editor" })
    keys.set(name, ((await response.json()) as { key: string }).key)
  }
})

/** The desk, where the scheduler decides which editor's trip to the catalogue comes next. */
function openDesk(scheduler: fc.Scheduler) {
  const catalogue = wrapDatabase(env.CATALOGUE, (go) => scheduler.schedule(Promise.resolve()).then(go))
  const bodies = { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES }
  const stores = { catalogue, people: env.PEOPLE, bodies, media: env.MEDIA }
  const desk = { ...stores, site, version: "test", adminKey: undefined, purge: async () => true }
  return async (who: Name, method: string, path: string, json?: object) => {
    const headers = { Authorization: `Bearer ${keys.get(who)}`, "Content-Type": "application/json" }
    const init = { method, headers, ...(json && { body: JSON.stringify(json) }) }
    const response = await deskApp.fetch(new Request(`${origin}/desk/v1${path}`, init), desk)
    return { status: response.status, body: (await response.json()) as Answer }
  }
}

async function play(list: readonly { Ada: Step | null; Ben: Step | null }[], scheduler: fc.Scheduler) {
  const run = runs++
  const paths = [`/asia/nepal/both-${run}-0`, `/asia/nepal/both-${run}-1`] as const
  const ask = openDesk(scheduler)
  const bases = { Ada: new Map<string, number>(), Ben: new Map<string, number>() }
  const claims: Claim[] = []

  const take = async (who: Name, { kind, at, force, pull, lost }: Step) => {
    const path = paths[at] ?? paths[0]
    const to = paths[1 - at] ?? paths[0]
    if (pull) {
      const { body } = await ask(who, "GET", `/revisions?path=${path}`)
      bases[who].set(path, (body as { revisions?: { revision: number }[] }).revisions?.[0]?.revision ?? 0)
    }
    const base = bases[who].get(path) ?? 0
    const source = compose({}, `Text ${texts++}.\n`)
    const digest = await hashContent(`${source}\n{}`)
    const json = {
      publish: { force, articles: [{ path, base, source, media: {}, digest }] },
      rollback: { path, base, force, revision: 1 },
      unpublish: { path, base, force, reason: `reason ${texts}` },
      move: { from: path, to, base, force },
    }[kind]
    const send = async () => {
      const { status, body } = await ask(who, "POST", `/${kind}`, json)
      expect([200, 404, 409], JSON.stringify(body)).toContain(status)
      const conflict = body.conflicts?.[0] ?? (body.error?.code === "conflict" ? body.error : null)
      if (conflict && !("movedTo" in conflict))
        expect([names.includes(conflict.who as Name), Date.parse(conflict.when ?? "") > 0]).toEqual([true, true])
      const revision = kind === "publish" ? body.published?.[0]?.revision : body.revision
      if (revision !== undefined) claims.push({ who, action: kind, base, force, revision })
      return revision
    }
    const first = await send()
    const made = lost ? ((await send()) ?? first) : first
    if (first !== undefined && !force && (kind === "unpublish" || kind === "move")) expect(made).toBe(first)
    if (made !== undefined) bases[who].set(kind === "move" ? to : path, made)
  }
  for (const round of list) {
    const work = names.map((name) => round[name] && take(name, round[name]))
    await scheduler.waitFor(Promise.all(work))
  }

  let replaced = 0
  for (const path of paths) {
    const { results } = await env.CATALOGUE.prepare(
      "SELECT revision, action, who FROM revisions WHERE path = ?1 ORDER BY revision",
    )
      .bind(path)
      .all<{ revision: number; action: string; who: Name }>()
    for (const [index, row] of results.entries()) {
      const before = results[index - 1]?.revision ?? 0
      const mine = claims.filter(
        ({ who, action, revision }) => who === row.who && action === row.action && revision === row.revision,
      )
      expect(mine.length, `${path} ${JSON.stringify(row)} was reported`).toBeGreaterThan(0)
      const fair = mine.some(({ base, force }) => force || base === before)
      expect(fair, `${path} revision ${before} was overwritten unseen by ${JSON.stringify([row, mine])}`).toBe(true)
      if (before > 0) replaced++
    }
  }
  return replaced
}

it("no update is lost: only the editor's base is overwritten, unless forced", {
  timeout: 240_000,
}, async () => {
  let replaced = 0
  await fc.assert(
    fc.asyncProperty(rounds, fc.scheduler(), async (list, scheduler) => {
      replaced += await play(list, scheduler)
    }),
    { numRuns: 80 },
  )
  expect(replaced).toBeGreaterThan(100)
})

it("an article published at a moved one's address is not overwritten by an editor of the old one", async () => {
  const [path, to] = ["/asia/nepal/reused", "/asia/nepal/reused-away"]
  const publish = async (base: number, text: string) => {
    const source = compose({}, text)
    const articles = [{ path, base, source, media: {}, digest: await hashContent(`${source}\n{}`) }]
    return (await rig.desk("POST", "/publish", { articles })).json()
  }
  await publish(0, "The first.\n")
  await rig.desk("POST", "/move", { from: path, to, base: 1 })
  expect(await publish(0, "Another article.\n")).toMatchObject({ published: [{ revision: 3 }] })
  expect(await publish(1, "The first, edited.\n")).toMatchObject({ published: [], conflicts: [{ path, revision: 3 }] })
  // Nor by a move onto the address.
  await rig.desk("POST", "/move", { from: path, to: `${to}-too`, base: 3 })
  const back = await rig.desk("POST", "/move", { from: to, to: path, base: 2 })
  expect(await back.json()).toEqual({ from: to, to: path, revision: 5 })
})

const edit = fc.record({
  kind: fc.constantFrom("publish", "publish", "publish", "rollback", "unpublish", "move"),
  /** The article, and the one that it refers to. */
  at: fc.nat(5),
  other: fc.nat(5),
  alias: fc.option(fc.nat(2)),
  translates: fc.boolean(),
})
type Edit = typeof edit extends fc.Arbitrary<infer Value> ? Value : never

/** Two editors, six addresses in two languages and three aliases, all with --force: only the rules must hold. */
async function playTogether(list: readonly (readonly [Edit, Edit])[], scheduler: fc.Scheduler) {
  const run = runs++
  const paths = [0, 1, 2].flatMap((at) => [`/asia/nepal/rule-${run}-${at}`, `/fr/asia/nepal/rule-${run}-${at}`])
  const pathOf = (at: number) => paths[at] as string
  const ask = openDesk(scheduler)
  const statuses = new Set<number>()
  const take = async (who: Name, { kind, at, other, alias, translates }: Edit) => {
    const [path, named] = [pathOf(at), pathOf(other)]
    const front = {
      ...(alias !== null && {
        aliases: [alias === 2 ? named : `/old/rule-${run}-${alias}`].filter((one) => one !== path),
      }),
      ...(translates && named !== path && { translationOf: named }),
    }
    const source = compose(front, `Text ${texts++}.\n`)
    const common = { base: 0, force: true }
    const json = {
      publish: {
        force: true,
        articles: [{ path, base: 0, source, media: {}, digest: await hashContent(`${source}\n{}`) }],
      },
      rollback: { path, ...common, revision: 1 },
      unpublish: { path, ...common, reason: "wrong" },
      move: { from: path, to: named, ...common },
    }[kind as "publish" | "rollback" | "unpublish" | "move"]
    const { status, body } = await ask(who, "POST", `/${kind}`, json)
    expect([200, 404, 409, 422], JSON.stringify(body)).toContain(status)
    statuses.add(status)
  }
  for (const [ada, ben] of list) {
    await scheduler.waitFor(Promise.all([take("Ada", ada), take("Ben", ben)]))
    expect(await findBroken(), JSON.stringify(list)).toEqual([])
  }
  return statuses
}

/** Checks the rules between articles in the tables themselves. */
async function findBroken() {
  const { results } = await env.CATALOGUE.prepare(
    `SELECT 'an alias without a live owner' AS rule, s.path FROM aliases s LEFT JOIN articles a ON a.id = s.article WHERE a.live IS NOT 1
     UNION SELECT 'an alias that is an article', s.path FROM aliases s JOIN articles a ON a.path = s.path WHERE a.live = 1
     UNION SELECT 'an alias that leads elsewhere', s.path FROM aliases s LEFT JOIN redirects r ON r.path = s.path WHERE r.target IS NOT s.article
     UNION SELECT 'two versions of a language', a.path FROM articles a JOIN articles b
       ON b.translation_group = a.translation_group AND b.language = a.language AND b.id <> a.id WHERE a.live = 1 AND b.live = 1`,
  ).all<{ rule: string; path: string }>()
  const originals = await env.CATALOGUE.prepare(
    `SELECT 'a translation of nothing' AS rule, a.path FROM articles a LEFT JOIN articles o ON o.path = a.translation_group
     WHERE a.live = 1 AND o.translation_group IS NOT o.path`,
  ).all<{ rule: string; path: string }>()
  return [...results, ...originals.results]
}

it("articles with aliases and translations keep every rule, however two editors' requests interleave", {
  timeout: 240_000,
}, async () => {
  const statuses = new Set<number>()
  const rounds = fc.array(fc.tuple(edit, edit), { minLength: 4, maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(rounds, fc.scheduler(), async (list, scheduler) => {
      for (const status of await playTogether(list, scheduler)) statuses.add(status)
    }),
    { numRuns: 40 },
  )
  expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 422]))
})

let version = 0
const send = async (texts: Record<string, Record<string, unknown>>) => {
  const articles = await Promise.all(
    Object.entries(texts).map(async ([path, front]) => {
      const source = compose(front, `Version ${++version}.\n`)
      return { path, base: 0, source, media: {}, digest: await hashContent(`${source}\n{}`) }
    }),
  )
  const answer = await rig.desk("POST", "/publish", { force: true, articles })
  const { problems = [] } = (await answer.json()) as { problems?: { field: string; message: string }[] }
  return problems.map(({ field, message }) => `${field} ${message}`)
}

it("a base is not reused after another article's alias replaced a redirect", async () => {
  const [path, to, other] = ["/asia/nepal/stale", "/asia/nepal/stale-away", "/asia/nepal/stale-alias"]
  await send({ [path]: {} })
  await rig.desk("POST", "/move", { from: path, to, base: 1 })
  await send({ [other]: { aliases: [path] } })
  await send({ [other]: {} })
  await send({ [path]: { title: "Another article" } })
  const { revisions } = (await (await rig.desk("GET", `/revisions?path=${path}`)).json()) as {
    revisions: { revision: number }[]
  }
  expect(revisions.map(({ revision }) => revision)).toEqual([3])
})

it("the rules between articles hold, whoever sends them and however", async () => {
  const [one, two, french, second] = ["/asia/nepal/r-1", "/asia/nepal/r-2", "/fr/asia/nepal/r-1", "/fr/asia/nepal/r-2"]
  const alias = "/asia/nepal/r-old"
  expect(await send({ [one]: { aliases: [alias] } })).toEqual([])
  expect(await send({ [two]: { aliases: [alias] } })).toEqual([`aliases ${alias} already leads to ${one}`])
  expect(await send({ [two]: { aliases: [one] } })).toEqual([`aliases ${one} is a live article`])
  // An alias leads to the article, but is not an article.
  expect(await send({ "/asia/nepal/r-old": {} })).toEqual([`path ${alias} is an alias of ${one}`])
  // One request may pass it on.
  expect(await send({ [one]: {}, [two]: { aliases: [alias] } })).toEqual([])
  expect(await send({ [one]: { aliases: [alias] } })).toEqual([`aliases ${alias} already leads to ${two}`])
  expect(await send({ [french]: { translationOf: "/asia/nepal/r-none" } })).toEqual([
    "translationOf there is no original at /asia/nepal/r-none",
  ])
  expect(await send({ [french]: { translationOf: one } })).toEqual([])
  expect(await send({ [second]: { translationOf: one } })).toEqual([
    `translationOf ${french} is already the translation of ${one} in this language`,
  ])
  expect(await send({ [one]: { translationOf: second } })).toEqual([
    `translationOf ${one} cannot be a translation, because ${french} is a translation of it`,
    `translationOf there is no original at ${second}`,
  ])
  // Through moves and rollbacks, the original is found at its current address.
  const moved = "/asia/nepal/r-moved"
  expect((await rig.desk("POST", "/move", { from: one, to: moved, base: 0, force: true })).status).toBe(200)
  expect(await send({ [french]: { translationOf: one, title: "Encore" } })).toEqual([])
  expect((await rig.desk("POST", "/rollback", { path: french, base: 0, force: true, revision: 1 })).status).toBe(200)
  expect(await (await rig.get(french)).text()).toContain(`hreflang="en" href="${origin}${moved}"`)
  for (const to of ["/asia/india/r-taken", "/fr/asia/nepal/r-moved"]) {
    await send({ "/asia/india/r-owner": { aliases: ["/asia/india/r-taken"] } })
    expect((await rig.desk("POST", "/move", { from: moved, to, base: 0, force: true })).status).toBe(422)
  }
})

it("the desk answers 400 to malformed requests", async () => {
  const bodies = ["{", "", "[]", '{"path":"/asia/nepal/x","base":1e308}', '{"path":7,"base":0}']
  for (const text of bodies)
    for (const route of ["/publish", "/rollback", "/unpublish", "/move", "/media/missing", "/media/sweep"])
      expect([route, text, (await rig.desk("POST", route, new TextEncoder().encode(text))).status]).toEqual([
        route,
        text,
        400,
      ])
  const path = "path=/asia/nepal/x"
  const queries = {
    "/source?": [
      ...[`${path}&revision=abc`, `${path}&revision=1e400`, `${path}&revision=-1`, `${path}&revision=`],
      ...["revision=1", "path=x", `${path}&${path}`, `${path}&revison=1`],
    ],
    "/revisions?": ["", "path=", "path=asia/nepal/x", `path=/${"x".repeat(400)}`],
    "/articles?": ["limit=abc", "limit=0", "limit=-5", "limit=1.5", "limit=1e3", "limit=2001", "limit=", "after=x"],
    "/members?": ["after=a@b.example", `after=${"x".repeat(37)}`, "limit=5"],
  }
  for (const [route, wrong] of Object.entries(queries))
    for (const query of wrong) {
      const response = await rig.desk("GET", route + query)
      expect([route, query, response.status]).toEqual([route, query, 400])
      expect(await response.json()).toMatchObject({ error: { code: "malformed" } })
    }
  for (const right of ["/articles", "/articles?after=/asia&limit=2000", "/articles?limit=1", "/members?after="])
    expect((await rig.desk("GET", right)).status).toBe(200)
})

it("the desk answers 405 to methods that a route does not allow, and lists those that it does", async () => {
  for (const [method, route, allow] of [
    ["GET", "/publish", "POST, OPTIONS"],
    ["POST", "/site", "GET, HEAD, OPTIONS"],
    ["PATCH", "/editors/Ada", "DELETE, OPTIONS"],
    ["DELETE", "/editors", "GET, HEAD, POST, OPTIONS"],
    ["GET", "/members/grant", "POST, OPTIONS"],
    ["POST", `/media/${"a".repeat(64)}.gif`, "PUT, OPTIONS"],
  ] as const) {
    const response = await rig.desk(method, route)
    expect([route, response.status, response.headers.get("Allow")]).toEqual([route, 405, allow])
    expect(await response.json()).toEqual({ error: { code: "method", message: `${method} is not allowed here` } })
  }
  const options = await rig.desk("OPTIONS", "/site")
  expect([options.status, options.headers.get("Allow")]).toEqual([204, "GET, HEAD, OPTIONS"])
  for (const route of ["", "/", "/nothing", "/editors/Ada/keys"])
    expect((await rig.desk("GET", route)).status).toBe(404)
})

it("the desk says in words which text is too long or missing", async () => {
  const unpublish = (reason: string) =>
    rig.desk("POST", "/unpublish", new TextEncoder().encode(JSON.stringify({ path: "/asia/nepal/x", base: 1, reason })))
  const explain = async (reason: string) => (await (await unpublish(reason)).json()).error.message
  expect(await explain("x".repeat(501))).toBe("reason: must have at most 500 characters")
  expect(await explain("")).toBe("reason: must not be empty")
})

it("the desk answers 400 to requests whose connection ends within the body", async () => {
  for (const [method, route] of [
    ["POST", "/publish"],
    ["PUT", `/media/${"a".repeat(64)}.jpg`],
  ] as const) {
    const pull = (controller: ReadableStreamDefaultController) =>
      controller.error(new Error("Network connection lost."))
    expect((await rig.desk(method, route, new ReadableStream({ pull }))).status).toBe(400)
  }
})

it.each([
  ["POST", "/publish", 8],
  ["PUT", `/media/${"a".repeat(64)}.jpg`, 25],
])("the desk stops reading a %s whose undeclared length exceeds its limit", async (method, route, most) => {
  let sent = 0
  const pull = (controller: ReadableStreamDefaultController) => {
    if (sent++ < 40) controller.enqueue(new Uint8Array(1024 * 1024).fill(32))
    else controller.close()
  }
  const response = await rig.desk(method, route, new ReadableStream({ pull }))
  expect([response.status, await response.json()]).toMatchObject([413, { error: { code: "too-large" } }])
  expect(sent).toBeLessThan(most + 4)
})

it("a month too large for one sitemap is split into parts without losing articles", async () => {
  await rig.desk("GET", "/site")
  const columns =
    "path, revision, live, digest, language, region, title, summary, published_at, access, gated, division, open_hash, details, translation_group, revised_at, revised_by, record"
  await env.CATALOGUE.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 100000 UNION ALL SELECT i + 1 FROM n WHERE i < 160000)
     INSERT INTO articles (id, ${columns}) SELECT i, '/asia/many-' || i, 1, 1, '', 'en', 'asia', 't', '', unixepoch('2011-05-05') * 1000,
       '', 0, '', '', '{}', '/asia/many-' || i, 0, '', '{}' FROM n`,
  ).run()
  await run(env.CATALOGUE, ...touchMonths('[{"path":"/asia/many-100000"},{"path":"/asia/many-160000"}]', 1))
  const { months } = await readMonths(env.CATALOGUE, "UTC", Date.now())
  const parts = months.filter(({ month }) => month.startsWith("2011-05")).map(({ month }) => month)
  const list = await (await rig.get("/sitemap.xml")).text()
  const lengths = await Promise.all(
    parts.map(async (part) => {
      expect(list).toContain(`/sitemaps/${part}.xml</loc>`)
      return (await (await rig.get(`/sitemaps/${part}.xml`)).text()).split("<loc>").length - 1
    }),
  )
  expect([parts, lengths]).toEqual([
    ["2011-05-4", "2011-05-3"],
    [10_001, 50_000],
  ])
})

it("the deepest page of a list has no link to a further one", async () => {
  await send({ "/asia/nepal/deep": { topics: ["deep"] } })
  await env.CATALOGUE.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10020)
     INSERT INTO listed (listing, at, article) SELECT 'en:/topics/deep', i, a.id FROM n, articles a WHERE a.path = '/asia/nepal/deep'`,
  ).run()
  expect(await (await rig.get("/topics/deep?page=499")).text()).toContain("page=500")
  const deepest = await rig.get("/topics/deep?page=500")
  expect([deepest.status, (await deepest.text()).includes("page=501")]).toEqual([200, false])
})
