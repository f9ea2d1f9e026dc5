// `npm run bench -- reader`: requests per second for readers, compared with a constant response of bare workerd in the same run.
import { createHmac } from "node:crypto"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { constantMarker, startBare } from "./bare.ts"
import { composeArticle, type Generated, writeArticles } from "./corpus.ts"
import { type Ask, type Expected, type Load, type Measured, runClosed, runOpen } from "./load.ts"
import { type BenchOptions, type Figures, formatSpread, printTable, round, spreadOf } from "./report.ts"
import { makeFolder, startSite } from "./site.ts"
import { cycleOf, herdOf, listings } from "./targets.ts"

interface Case {
  readonly name: string
  readonly port: number
  readonly next: () => Ask
  readonly expected: Expected
  readonly cpu: () => number | null
  /** Set if fewer than usual. */
  readonly connections?: number
}

const connections = 32
/** After this time, in milliseconds, an answer in memory is no longer fresh. */
const fresh = 10_500
/** The end of the members' article, which the public does not see. */
const membersMarker = "The end, for members."
/** The constant is as long as our page. A shorter one shows what the bytes cost. */
const shortBytes = 8192
const shortName = `constant of ${shortBytes} bytes`

/** Measures hits, misses and the like. Figures are ratios to the constant response. */
export async function benchReader({ rounds, seconds, articles }: BenchOptions): Promise<Figures> {
  const content = makeFolder("content")
  const made = writeArticles(content, 0, articles)
  const gated = composeArticle(articles, 4000, "access: members\n")
  writeMembersArticle(content, { ...gated, source: `${gated.source}\n${membersMarker}\n` })
  const site = await startSite({ content })
  const first = made[0] as Generated
  const page = await fetch(site.url + first.path)
  const bytes = Buffer.byteLength(await page.text())
  const headers = Object.fromEntries([...page.headers].filter(([name]) => !/^(content-length|date)$/.test(name)))
  const etag = page.headers.get("ETag") ?? ""
  const dated = { ...headers, Date: new Date().toUTCString() }
  const bare = await startBare({ state: site.state, bytes, headers: dated })
  const short = await startBare({ bytes: shortBytes, headers: dated })

  const cookie = signIn(site)
  const visitor = { port: site.port, cpu: site.cpu }
  const ok = (marker: string, length = 2000) => ({ status: 200, length, marker })
  const miss = (marker: string) => ({ ...ok(marker, 4000), head: "Dateline; fwd=miss" })
  const constant = { name: "constant", port: bare.constantPort, cpu: bare.cpu }
  // Simultaneous requests and hits have their own articles: otherwise, memory would turn misses into hits.
  const herded = made.slice(-Math.ceil(made.length / 4)).map(({ path }) => path)
  const cycle = cycleOf(made.slice(1, -herded.length).map(({ path }) => path))
  const cases: Case[] = [
    { ...constant, next: () => ({ target: "/" }), expected: ok(constantMarker) },
    {
      ...constant,
      name: shortName,
      port: short.constantPort,
      cpu: short.cpu,
      next: () => ({ target: "/" }),
      expected: ok(constantMarker),
    },
    { ...visitor, name: "hit", next: () => ({ target: first.path }), expected: ok(first.rare) },
    {
      ...visitor,
      name: "member",
      next: () => ({ target: gated.path, headers: { Cookie: cookie() } }),
      expected: ok(membersMarker),
    },
    {
      ...visitor,
      name: "notModified",
      next: () => ({ target: first.path, headers: { "If-None-Match": etag } }),
      expected: { status: 304, length: 0 },
    },
    { ...visitor, name: "miss", next: cycle, expected: miss("</html>") },
    {
      name: "bareMiss",
      port: bare.missPort,
      cpu: bare.cpu,
      next: cycleOf(made.map(({ path }) => path)),
      expected: ok("<h2>", 2000),
    },
    {
      ...visitor,
      name: "together",
      next: herdOf(herded, connections),
      expected: ok("</html>", 4000),
    },
    { ...visitor, name: "listing", next: cycleOf(listings(made)), expected: miss("</html>") },
    {
      ...visitor,
      name: "search",
      next: cycleOf(made.map(({ rare }) => `/search?q=${rare}`)),
      expected: miss("<mark>"),
    },
  ]
  // Publishing requested these pages, so they are in memory: wait, so that misses are misses.
  await new Promise((done) => setTimeout(done, fresh))
  const measured = await runRounds(cases, rounds, seconds)
  // Measures misses again on their own: during the rounds of other pages, V8 discards the code compiled for articles.
  const misses = cases.filter(({ name }) => name === "miss" || name === "bareMiss")
  const alone = misses.map((one) => ({ ...one, name: `${one.name}Alone`, connections: 1 }))
  const pair = await runRounds([...misses, ...alone], rounds, seconds)
  const open = await runOpenRounds([cases[2] as Case, cases[0] as Case], rounds, seconds)
  await Promise.all([site.stop(), bare.stop(), short.stop()])
  return report(measured, pair, open, bytes)
}

function loadOf(one: Case, seconds: number): Load {
  return {
    port: one.port,
    next: one.next,
    expected: one.expected,
    seconds,
    connections: one.connections ?? connections,
  }
}

/** Measures in an open loop. The cases alternate, so that a pause of the machine affects one round of each. */
async function runOpenRounds(
  cases: readonly Case[],
  rounds: number,
  seconds: number,
): Promise<Map<string, Measured[]>> {
  const found = new Map<string, Measured[]>(cases.map(({ name }) => [name, []]))
  for (let index = 0; index < rounds; index++)
    for (const one of cases) {
      const measured = await runOpen({ ...loadOf(one, seconds), connections: 16, rate: 1000 })
      if (measured.wrong > 0)
        throw new Error(`${one.name}: ${measured.wrong} answers are wrong: ${measured.firstWrong}`)
      found.get(one.name)?.push(measured)
    }
  return found
}

type Rounds = Map<string, { measured: Measured; cpu: number | null }[]>

/** A round is split into three parts that alternate, because the machine's other work comes in bursts of seconds. */
const slices = 3

async function runRounds(cases: readonly Case[], rounds: number, seconds: number): Promise<Rounds> {
  const found: Rounds = new Map(cases.map(({ name }) => [name, []]))
  // Warms up the compiler: a miss runs most of the code.
  for (const one of cases) await runClosed(loadOf(one, 3))
  for (let index = 0; index < rounds * slices; index++)
    for (const one of cases) {
      const before = one.cpu()
      const measured = await runClosed(loadOf(one, seconds / slices))
      const after = one.cpu()
      if (measured.wrong > 0)
        throw new Error(
          `${one.name}: ${measured.wrong} of ${measured.requests} answers are wrong, first ${measured.firstWrong}`,
        )
      const cpu = before === null || after === null ? null : (1e6 * (after - before)) / measured.requests
      found.get(one.name)?.push({ measured, cpu })
    }
  return found
}

function report(found: Rounds, pair: Rounds, open: Map<string, Measured[]>, bytes: number): Figures {
  const constant = found.get("constant") ?? []
  const ratios = (name: string) =>
    spreadOf(
      (found.get(name) ?? []).map(
        ({ measured }, index) => measured.perSecond / (constant[index]?.measured.perSecond ?? 1),
      ),
    )
  const rows = [...found].map(([name, list]) => [
    name,
    spreadOf(list.map(({ measured }) => measured.perSecond)).median.toFixed(0),
    formatSpread(ratios(name)),
    list.some(({ cpu }) => cpu === null) ? "–" : spreadOf(list.map(({ cpu }) => cpu ?? 0)).median.toFixed(0),
    spreadOf(list.map(({ measured }) => measured.p50)).median.toFixed(2),
    spreadOf(list.map(({ measured }) => measured.p99)).median.toFixed(2),
  ])
  console.log(
    `\n${connections} connections; the site is \`npm start\` itself; our page and the constant have ${bytes} bytes`,
  )
  printTable(["", "a second", "of the constant", "CPU µs", "p50 ms", "p99 ms"], rows)
  const missOf = (of: Rounds, how = "") =>
    spreadOf(
      (of.get(`miss${how}`) ?? []).map(
        ({ measured }, index) => measured.perSecond / (of.get(`bareMiss${how}`)?.[index]?.measured.perSecond ?? 1),
      ),
    )
  const cpuOfMiss = (name: string) => spreadOf((pair.get(name) ?? []).map(({ cpu }) => cpu ?? 0)).median.toFixed(0)
  const missOfBare = missOf(pair)
  const missAloneOfBare = missOf(pair, "Alone")
  console.log(
    `miss, of the bare handler with the same query, read and marked: ${formatSpread(missOfBare)} (CPU ${cpuOfMiss("miss")} of ${cpuOfMiss("bareMiss")} µs); between the other cases ${formatSpread(missOf(found))}; one reader alone ${formatSpread(missAloneOfBare)}`,
  )
  const openSpread = (name: string, percentile: "p50" | "p99") =>
    spreadOf((open.get(name) ?? []).map((one) => one[percentile]))
  for (const name of open.keys())
    console.log(
      `open loop, 1,000 a second, ${name}: p50 ${formatSpread(openSpread(name, "p50"))} ms, p99 ${formatSpread(openSpread(name, "p99"))} ms`,
    )
  const figures: Figures = {}
  for (const name of ["hit", "member", "notModified", "miss", "together", "listing", "search"])
    figures[name] = round(ratios(name).median)
  return {
    ...figures,
    hitOf8K: round(ratios("hit").median / ratios(shortName).median),
    memberOf8K: round(ratios("member").median / ratios(shortName).median),
    notModifiedOf8K: round(ratios("notModified").median / ratios(shortName).median),
    missOfBare: round(missOfBare.median),
    missAloneOfBare: round(missAloneOfBare.median),
    openP50: round(openSpread("hit", "p50").median),
    openP99: round(openSpread("hit", "p99").median),
    openP50OfConstant: round(openSpread("hit", "p50").median / openSpread("constant", "p50").median),
    constantPerSecond: Math.round(spreadOf(constant.map(({ measured }) => measured.perSecond)).median),
  }
}

function writeMembersArticle(content: string, { file, source }: Generated): void {
  const target = join(content, file)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, source)
}

/** A session cookie signed with the site's own key, always freshly verified. */
function signIn(site: { state: string; url: string }): () => string {
  const key = readFileSync(join(site.state, "session.keys"), "utf8").trim().split(/\s+/)[0] ?? ""
  let signed = 0
  let cookie = ""
  return () => {
    const now = Math.floor(Date.now() / 1000)
    if (now - signed > 60) {
      signed = now
      const payload = Buffer.from(JSON.stringify(["bench", "bench", now + 86_400, now, now + 86_400])).toString(
        "base64url",
      )
      const mac = createHmac("sha256", key).update(`dateline-session.v1.${payload}`).digest("base64url")
      // On http, the name has no prefix.
      cookie = `dateline=${payload}.${mac}`
    }
    return cookie
  }
}
