// A gift opens only the given article, wherever it is: random publishes, edits, moves, aliases, unpublishes
// and rollbacks, at addresses that other articles take over.
import * as fc from "fast-check"
import { afterEach, expect, it, vi } from "vitest"
import { signGift } from "../../src/membership/access.ts"
import { findArticle, giveArticle } from "../../src/store/gifts.ts"
import { withoutEnd } from "../../src/store/members.ts"
import { type Browser, openMember } from "./browser.ts"
import { compose, createRig, env, origin, publish, type Rig, sessionKeys } from "./rig.ts"

const addresses = 4
const address = fc.nat(addresses - 1)
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("publish" as const), at: address, alias: fc.option(address) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("move" as const), at: address, to: address }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("unpublish" as const), at: address }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("rollback" as const), at: address, back: fc.nat(4) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("give" as const), at: address, byPath: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("use" as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** What the catalogue has in one row: the article of each revision, oldest first; 0: it was unpublished. */
interface Row {
  path: string
  readonly revisions: { readonly revision: number; readonly article: number }[]
}

interface Given {
  readonly id: string
  readonly query: string
  readonly row: Row
  readonly article: number
  /** Made before ids were stored, and not used yet. */
  byPath: boolean
  /** What has been published over it may or may not be the same article, so the gift opens nothing. */
  lost: boolean
}

let runs = 0
const seen = { opened: 0, followed: 0, refused: 0, byPath: 0, lost: 0 }
afterEach(() => void vi.useRealTimers())

async function play(steps: readonly Step[], platform: boolean): Promise<void> {
  const rig: Rig = await createRig({ platform })
  const run = runs++
  const { browser, member } = await openMember(rig, `giver-${run}@example.org`, withoutEnd)
  const paths = Array.from({ length: addresses }, (_, index) => `/asia/nepal/gift-${run}-${index}`)
  const rows: Row[] = []
  const gifts: Given[] = []
  let articles = 0
  let version = 0
  const rowAt = (index: number) => rows.find(({ path }) => path === paths[index])
  const articleOf = (row: Row | undefined) => row?.revisions.at(-1)?.article ?? 0

  for (const one of [...steps, { kind: "use" as const }]) {
    // Longer than an isolate's memory lasts.
    vi.setSystemTime(Date.now() + 11_000)
    if (one.kind === "use") {
      await check(rig, gifts, paths, articleOf, platform)
      if (!platform) await checkAccount(browser, gifts, articleOf)
      continue
    }
    const row = rowAt(one.at)
    const path = paths[one.at] as string
    const article = articleOf(row)
    const base = row?.revisions.at(-1)?.revision ?? 0
    if (one.kind === "publish") {
      const alias = one.alias === null || one.alias === one.at || articleOf(rowAt(one.alias)) > 0 ? null : one.alias
      const next = article === 0 ? articles + 1 : article
      const aliases = alias === null ? [] : [paths[alias]]
      const text = `Open ${++version}.\n\n<!-- members-only -->\n\nSECRET-${next}-\n`
      const { published, problems } = await publish(rig, path, compose({ aliases }, text), { force: true })
      // Its address, or its alias, is the alias of another article.
      if (/ is an alias of | already leads to /.test(problems[0]?.message ?? "")) continue
      expect(published).toHaveLength(1)
      articles = Math.max(articles, next)
      const made = { revision: published[0]?.revision ?? 0, article: next }
      if (row === undefined) rows.push({ path, revisions: [made] })
      else {
        if (article === 0) for (const gift of gifts) if (gift.row === row && gift.byPath) gift.lost = true
        row.revisions.push(made)
      }
    } else if (row === undefined) continue
    else if (one.kind === "move") {
      const to = paths[one.to] as string
      const response = await rig.desk("POST", "/move", { from: path, to, base })
      const { status } = response
      if (status === 422) continue
      const taken = rows.some((other) => other.path === to)
      expect(status).toBe(article === 0 ? 404 : taken ? 409 : 200)
      if (status !== 200) continue
      row.path = to
      row.revisions.push({ ...((await response.json()) as { revision: number }), article })
    } else if (one.kind === "unpublish") {
      if (article === 0) continue
      const response = await rig.desk("POST", "/unpublish", { path, reason: "why", base })
      expect(response.status).toBe(200)
      row.revisions.push({ ...((await response.json()) as { revision: number }), article: 0 })
    } else if (one.kind === "rollback") {
      const until = Math.max(1, row.revisions.length - one.back)
      const revision = row.revisions[until - 1]?.revision
      // An unpublish keeps the text.
      const back = row.revisions.slice(0, until).findLast((made) => made.article > 0)?.article ?? 0
      const response = await rig.desk("POST", "/rollback", { path, revision, base })
      // One of its aliases has become a live article.
      if (response.status === 422) continue
      expect(response.status).toBe(200)
      const { revision: now } = (await response.json()) as { revision: number }
      if (now > (row.revisions.at(-1)?.revision ?? 0)) row.revisions.push({ revision: now, article: back })
    } else {
      const found = await findArticle(env.CATALOGUE, path, Date.now())
      expect(found === null).toBe(article === 0)
      if (found === null) continue
      const expires = (Math.floor(Date.now() / 1000) + 604_800) * 1000
      const id = await giveArticle(env.PEOPLE, member.id, { path, id: found.id }, Date.now(), expires)
      if (id === null) continue
      if (one.byPath) await env.PEOPLE.prepare("UPDATE gifts SET article = NULL WHERE id = ?1").bind(id).run()
      const query = `?gift=${await signGift({ id, expires: expires / 1000 }, sessionKeys)}`
      gifts.push({ id, query, row, article, byPath: one.byPath, lost: false })
    }
  }
}

/** Uses every gift at every address, in two isolates, and follows where it leads. */
async function check(
  rig: Rig,
  gifts: readonly Given[],
  paths: readonly string[],
  articleOf: (row: Row) => number,
  platform: boolean,
): Promise<void> {
  for (const gift of gifts)
    for (const isolate of [0, 1])
      for (const path of paths) {
        let last = path
        let response = await rig.get(last + gift.query, {}, isolate)
        for (let hops = 0; response.status === 301 && hops < 3; hops++) {
          const to = response.headers.get("Location") ?? ""
          expect(to.endsWith(gift.query), "the redirect carries the token").toBe(true)
          last = new URL(to).pathname
          response = await rig.get(last + gift.query, {}, isolate)
          seen.followed++
        }
        const secret = /SECRET-(\d+)-/.exec(await response.text())?.[1]
        if (secret !== undefined) expect(Number(secret), `${path} → ${last}`).toBe(gift.article)
        const here = gift.row.path === last && articleOf(gift.row) === gift.article
        // Behind the edge's cache, whose purges may be refused, a page may be a few minutes old.
        if (!platform) expect(secret !== undefined, `${path} → ${last}`).toBe(here && !gift.lost)
        if (secret !== undefined) seen.opened++
        else if (response.status === 200) seen.refused++
        if (gift.byPath) seen[gift.lost ? "lost" : "byPath"]++
        gift.byPath = false
      }
}

/** The account shows each gift at its article's address, and no link to anything else. */
async function checkAccount(browser: Browser, gifts: readonly Given[], articleOf: (row: Row) => number): Promise<void> {
  const page = await (await browser.get("/account")).text()
  for (const { query, row, article, lost } of gifts) {
    const shown = [...page.matchAll(/value="([^"?]+)(\?gift=[^"]+)"/g)].find(([, , token]) => token === query)?.[1]
    expect(shown).toBe(lost || articleOf(row) !== article ? undefined : origin + row.path)
  }
}

/** Sequences that random runs rarely produce. */
const told: Step[][] = [true, false].flatMap((byPath): Step[][] => [
  // Another article takes the address of the moved one, as an alias and as its own.
  [
    { kind: "give", at: 0, byPath },
    { kind: "move", at: 0, to: 1 },
    { kind: "publish", at: 2, alias: 0 },
    { kind: "use" },
    { kind: "publish", at: 2, alias: null },
    { kind: "publish", at: 0, alias: null },
    { kind: "give", at: 0, byPath },
    { kind: "move", at: 0, to: 3 },
    { kind: "use" },
  ],
  // Another article is published where the given one was unpublished, which is then restored.
  [
    { kind: "give", at: 0, byPath },
    { kind: "unpublish", at: 0 },
    { kind: "publish", at: 0, alias: null },
    { kind: "use" },
    { kind: "rollback", at: 0, back: 2 },
  ],
  // The given article gives way to the one that stood there before it, and comes back.
  [
    { kind: "unpublish", at: 0 },
    { kind: "publish", at: 0, alias: null },
    { kind: "give", at: 0, byPath },
    { kind: "rollback", at: 0, back: 2 },
    { kind: "use" },
    { kind: "rollback", at: 0, back: 1 },
  ],
  // The given article is unpublished, restored, moved and edited.
  [
    { kind: "give", at: 0, byPath },
    { kind: "unpublish", at: 0 },
    { kind: "rollback", at: 0, back: 0 },
    { kind: "move", at: 0, to: 1 },
    { kind: "publish", at: 1, alias: null },
  ],
])

it("each gift opens only the given article, whatever happens to it and its addresses", {
  timeout: 300_000,
}, async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Math.ceil(Date.now() / 1000) * 1000 })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 30 }), fc.boolean(), (steps, platform) =>
      play([{ kind: "publish", at: 0, alias: null }, ...steps], platform),
    ),
    { numRuns: 40, endOnFailure: true, examples: told.map((steps) => [steps, false]) },
  )
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(0)
})
