// An in-memory desk for tests of the command line: stores heads, counts requests, fails on demand.
import { createHash } from "node:crypto"
import { createServer, type IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

interface Kept {
  revision: number
  digest: string
  source: string
  status: string
  who: string
  /** What created the newest revision, unless a publish or unpublish did. */
  action?: string
  message?: string
}

interface Failure {
  readonly method: string
  readonly path: string
  /** "lost": the desk handles the request, but its response does not arrive. */
  readonly status: number | "lost"
  /** Only requests whose body contains this. */
  readonly holding?: string
}

export interface FakeDesk {
  readonly url: string
  readonly articles: Map<string, Kept>
  readonly media: Set<string>
  /** How many smaller files each picture has, as sent by the command line. */
  readonly variants: Map<string, number>
  /** For each of them, how many publishes came before. */
  readonly sizedAfter: number[]
  /** What each article's card shows, as sent by the command line. */
  readonly cards: Map<string, string>
  /** Every publish request: its paths, and whether it was the last of its run. */
  readonly publishes: { paths: string[]; last: boolean }[]
  /** How often it received a request to flush its purges. */
  purges: number
  /** Purges that the platform refuses now. */
  refusedPurges: number
  /** The content of each address before its newest revision. */
  readonly history: Map<string, Kept[]>
  /** Articles in which the desk reports a mistake. */
  readonly refused: Set<string>
  /** The statuses of the next responses. */
  readonly failures: Failure[]
  stop(): Promise<void>
}

/** Starts a desk on a free port. */
export async function startFakeDesk(): Promise<FakeDesk> {
  const desk = {
    url: "",
    articles: new Map<string, Kept>(),
    media: new Set<string>(),
    variants: new Map<string, number>(),
    sizedAfter: [],
    cards: new Map<string, string>(),
    publishes: [] as FakeDesk["publishes"],
    purges: 0,
    refusedPurges: 0,
    history: new Map<string, Kept[]>(),
    refused: new Set<string>(),
    failures: [] as FakeDesk["failures"],
    stop: () => new Promise<void>((done) => server.close(() => done())),
  }
  const server = createServer(async (request, response) => answer(desk, request, response))
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  desk.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return desk
}

async function answer(desk: FakeDesk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const { pathname, searchParams } = new URL(request.url ?? "/", desk.url)
  const reply = (status: number, value: unknown) => {
    if (response.end === ServerResponse.prototype.end) response.writeHead(status)
    response.end(JSON.stringify(value))
  }
  const failing = desk.failures.findIndex(
    ({ method, path, holding = "" }) =>
      method === request.method && pathname.startsWith(path) && String(body).includes(holding),
  )
  const failure = failing === -1 ? undefined : desk.failures.splice(failing, 1)[0]
  if (failure?.status === "lost") response.end = () => response.destroy()
  else if (failure) return void reply(failure.status, { error: { code: "failed", message: "told to fail" } })
  const article = desk.articles.get(pathname)
  if (article) return void response.writeHead(200, { "Dateline-Revision": String(article.revision) }).end()
  if (!pathname.startsWith("/desk/v1/")) return void response.writeHead(404).end("<h1>Not found</h1>")
  if (request.headers.authorization !== "Bearer test-key-of-desk")
    return void reply(401, { error: { code: "unauthorized", message: "this key is not valid" } })
  if (pathname === "/desk/v1/site") return void reply(200, { id: "site-1", version: "0", origin: desk.url })
  if (pathname === "/desk/v1/articles") return void reply(200, listHeads(desk, searchParams.get("after") ?? ""))
  if (pathname === "/desk/v1/purges") {
    desk.purges++
    return void reply(200, { purged: 0, due: desk.refusedPurges })
  }
  if (pathname === "/desk/v1/media/missing") {
    const { hashes, version } = JSON.parse(String(body)) as { hashes: string[]; version?: number }
    const missing = hashes.filter((hash) => !desk.media.has(hash))
    return void reply(200, { missing, unsized: version ? hashes.filter((hash) => !desk.variants.has(hash)) : [] })
  }
  if (pathname === "/desk/v1/media/variants") {
    const { pictures } = JSON.parse(String(body)) as { pictures: { sha256: string; files: { sha256: string }[] }[] }
    if (pictures.some(({ files }) => files.some(({ sha256 }) => !desk.media.has(sha256))))
      return void reply(404, { error: { code: "absent", message: "upload first" } })
    for (const { sha256, files } of pictures) {
      desk.variants.set(sha256, files.length)
      desk.sizedAfter.push(desk.publishes.length)
    }
    return void reply(200, { kept: pictures.length })
  }
  if (pathname.startsWith("/desk/v1/media/")) {
    const hash = createHash("sha256").update(body).digest("hex")
    if (!pathname.includes(hash)) return void reply(400, { error: { code: "torn", message: "not these bytes" } })
    desk.media.add(hash)
    return void reply(201, { src: pathname })
  }
  if (pathname === "/desk/v1/cards") return void reply(200, keepCards(desk, JSON.parse(String(body))))
  if (pathname === "/desk/v1/publish") {
    const outcome = keep(desk, JSON.parse(String(body)))
    return void reply(outcome.problems.length > 0 ? 422 : 200, outcome)
  }
  if (pathname === "/desk/v1/revisions" || pathname === "/desk/v1/source") {
    const path = searchParams.get("path") ?? ""
    const revisions = revisionsOf(desk, path)
    if (revisions.length === 0) return void reply(404, { error: { code: "absent", message: `nothing at ${path}` } })
    return void reply(200, pathname.endsWith("source") ? revisions[0] : { revisions })
  }
  const change = /^\/desk\/v1\/(unpublish|move|rollback)$/.exec(pathname)?.[1]
  if (change !== undefined) return void changeArticle(desk, change, JSON.parse(String(body)), reply)
  reply(404, { error: { code: "route", message: "the desk has no such route" } })
}

function revisionsOf(desk: FakeDesk, path: string) {
  const head = desk.articles.get(path)
  if (head === undefined) return []
  return [head, ...(desk.history.get(path) ?? []).filter(({ revision }) => revision < head.revision).reverse()].map(
    (kept) => ({
      action: kept.status === "gone" ? "unpublish" : "publish",
      message: "",
      when: "2026-11-20T08:00:00.000Z",
      ...kept,
    }),
  )
}

function replace(desk: FakeDesk, path: string, next: Kept): void {
  const head = desk.articles.get(path)
  if (head !== undefined) desk.history.set(path, [...(desk.history.get(path) ?? []), head])
  desk.articles.set(path, next)
}

interface Change {
  readonly path?: string
  readonly from?: string
  readonly to?: string
  readonly reason?: string
  readonly revision?: number
  readonly base: number
  readonly force: boolean
}

function changeArticle(
  desk: FakeDesk,
  action: string,
  { path, from, to = "", reason = "", revision, base, force }: Change,
  reply: (status: number, value: unknown) => void,
): void {
  const at = path ?? from ?? ""
  const head = desk.articles.get(at)
  if (head === undefined) return void reply(404, { error: { code: "absent", message: `nothing at ${at}` } })
  const message = { unpublish: reason, rollback: `back to revision ${revision}` }[action] ?? `${at} → ${to}`
  const names = from === undefined ? { path } : { from, to }
  // A client that retries after a lost response.
  if (head.revision === base + 1 && head.action === action && head.message === message)
    return void reply(200, { ...names, revision: head.revision })
  if (!force && head.revision !== base) {
    const { revision: current, who } = head
    const conflict = { path: at, revision: current, who, when: "2026-11-20T08:00:00.000Z" }
    return void reply(409, {
      error: { code: "conflict", message: "the article has changed in the meantime", ...conflict },
    })
  }
  const made = { ...head, revision: head.revision + 1, who: "admin", action, message }
  if (action === "rollback") {
    const { digest = "", source = "" } = revisionsOf(desk, at).find((one) => one.revision === revision) ?? {}
    replace(desk, at, { ...made, digest, source, status: "live" })
  } else if (action === "unpublish") replace(desk, at, { ...made, status: "gone" })
  else {
    desk.articles.delete(at)
    desk.articles.set(to, made)
  }
  reply(200, { ...names, revision: made.revision })
}

/** Two heads per page, so that every run reads several pages. */
function listHeads(desk: FakeDesk, after: string) {
  const rest = [...desk.articles].filter(([path]) => path > after).sort(([a], [b]) => (a < b ? -1 : 1))
  const page = rest.slice(0, 2)
  const articles = page.map(([path, { source: _, ...kept }]) => ({
    path,
    url: desk.url + path,
    title: path,
    access: "open",
    date: null,
    updated: null,
    language: "en",
    when: "2026-11-20T08:00:00.000Z",
    card: desk.cards.get(path) ?? null,
    ...kept,
  }))
  return { articles, next: rest.length > 2 ? (page.at(-1)?.[0] ?? null) : null }
}

function keepCards(desk: FakeDesk, { cards }: { cards: { path: string; revision: number; drawn: string }[] }) {
  const kept = cards.filter(({ path, revision }) => desk.articles.get(path)?.revision === revision)
  for (const { path, drawn } of kept) desk.cards.set(path, drawn)
  return { kept: kept.map(({ path }) => path) }
}

interface Request {
  last: boolean
  force: boolean
  articles: { path: string; base: number; source: string; digest: string }[]
}

function keep(desk: FakeDesk, { last, force, articles }: Request) {
  desk.publishes.push({ paths: articles.map(({ path }) => path), last })
  const outcome = {
    published: [] as object[],
    unchanged: [] as string[],
    conflicts: [] as object[],
    problems: [] as object[],
  }
  for (const { path } of articles.filter((one) => desk.refused.has(one.path)))
    outcome.problems.push({ file: `${path.slice(1)}.md`, line: 1, column: 1, field: "body", message: "no", fix: "so" })
  if (outcome.problems.length > 0) return outcome
  for (const { path, base, source, digest } of articles) {
    const head = desk.articles.get(path)
    const revision = head?.revision ?? 0
    if (head?.digest === digest && !force) outcome.unchanged.push(path)
    else if (revision !== base && !force) outcome.conflicts.push({ path, revision, who: head?.who, when: "2026-11-20" })
    else {
      replace(desk, path, { revision: revision + 1, digest, source, status: "live", who: "admin" })
      outcome.published.push({ path, url: desk.url + path, revision: revision + 1 })
    }
  }
  return outcome
}
