// The editors' API: every route of /desk/v1, typed so that the CLI can call it through Hono's RPC client.
import type { Context, MiddlewareHandler } from "hono"
import { bodyLimit } from "hono/body-limit"
import { HTTPException } from "hono/http-exception"
import { Hono } from "hono/tiny"
import { timingSafeEqual } from "hono/utils/buffer"
import type { InferOutput } from "valibot"
import { kinds, parseContent } from "../article/kinds.ts"
import { largestPicture, variantsVersion } from "../article/media-types.ts"
import { createSender, nameSender, throughBinding } from "../mail/senders.ts"
import { parseAddress } from "../site/addresses.ts"
import type { SiteConfig } from "../site/site.ts"
import { hashContent } from "../store/bodies.ts"
import { type Editor, findEditor } from "../store/credentials.ts"
import { continueErasure, eraseRevisions } from "../store/erase.ts"
import { logBug, StoreFailure } from "../store/failure.ts"
import { type CardUpload, explainPictureBytes, keepCards } from "../store/media.ts"
import { revokePreviews } from "../store/previews.ts"
import { readHeads } from "../store/publish.ts"
import { flushPurges, type Purge } from "../store/purges.ts"
import { readHeadsAfter, readRevisions, readSite, readSource } from "../store/revisions.ts"
import { readStats } from "../store/stats.ts"
import { openStores } from "../store/stores.ts"
import { archiveDesk } from "./archive.ts"
import { describeHead, explainAbsences } from "./article-status.ts"
import { type Changed, move, publishArticles, rollBack, unpublish } from "./change-articles.ts"
import { body, type Desk, type DeskEnv, fail, flush, query } from "./context.ts"
import { editionsDesk } from "./editions.ts"
import { mediaDesk } from "./media.ts"
import { editorsDesk, membersDesk } from "./people.ts"
import { previewsDesk } from "./previews.ts"
import {
  articlesQuery,
  CardsSchema,
  EraseContinueSchema,
  EraseSchema,
  MovedSchema,
  MoveSchema,
  PublishSchema,
  RollbackSchema,
  revisionsQuery,
  sourceQuery,
  UnpublishSchema,
} from "./schema.ts"

type Sent = InferOutput<typeof CardsSchema>["cards"][number]

/** Decodes cards. `torn` lists the articles whose card does not match its SHA-256 or is not a clean JPEG. */
async function readCards(sent: readonly Sent[]): Promise<{ cards: CardUpload[]; torn: string[] }> {
  const cards: CardUpload[] = []
  const torn: string[] = []
  for (const { path, revision, drawn, sha256, base64 } of sent) {
    const bytes = Uint8Array.fromBase64(base64)
    const whole = explainPictureBytes(bytes, "jpg") === null && (await hashContent(bytes)) === sha256
    if (whole) cards.push({ path, revision, drawn, bytes })
    else torn.push(path)
  }
  return { cards, torn }
}

/** In bytes: enough for a 1 MiB article, the maximum, even if JSON escapes each character as six, like `\u0001`. */
const largestRequest = 8 * 1024 * 1024

/** Refuses a body that is too large, whether its length is declared or not. Only pictures are sent with PUT. */
const limitBody: MiddlewareHandler = async (c, next) => {
  const [what, maxSize, fix] =
    c.req.method === "PUT"
      ? (["file", largestPicture, "make it smaller"] as const)
      : (["request", largestRequest, "send fewer articles at once"] as const)
  const onError = () => fail(c, 413, "too-large", `a ${what} may be at most ${maxSize / 1024 / 1024} MiB: ${fix}`)
  try {
    return await bodyLimit({ maxSize, onError })(c, next)
  } catch {
    throw new HTTPException(400)
  }
}

async function identifyEditor(desk: Desk, authorization: string | undefined): Promise<Editor | null> {
  const key = /^Bearer ([\x21-\x7e]{8,200})$/i.exec(authorization ?? "")?.[1]
  if (key === undefined) return null
  if (desk.adminKey !== undefined && (await timingSafeEqual(key, desk.adminKey)))
    return { name: "admin", role: "admin" }
  return findEditor(desk.people, key)
}

export const deskApp = new Hono<DeskEnv>()
  .basePath("/desk/v1")
  .use(async (c, next) => {
    const editor = await identifyEditor(c.env, c.req.header("Authorization"))
    if (editor === null) {
      c.header("WWW-Authenticate", "Bearer")
      return fail(c, 401, "unauthorized", "this key is not valid")
    }
    if (/^\/desk\/v1\/(?:archive|editors|erase|members)/.test(c.req.path) && editor.role !== "admin")
      return fail(c, 403, "forbidden", "only admins can do this")
    c.set("editor", editor)
    return next()
  })
  .use(limitBody)
  .get("/site", async (c) => {
    const { site, version, catalogue } = c.env
    const found = await readSite(catalogue, variantsVersion)
    return c.json({ ...found, version, origin: site.origin, languages: [...site.languages], editor: c.var.editor })
  })
  .get("/articles", query(articlesQuery), async (c) => {
    const { after = "", limit = 1000 } = c.req.valid("query")
    const rows = await readHeadsAfter(c.env.catalogue, after, limit)
    const now = Date.now()
    const articles = rows.map((row) => describeHead(row, c.env.site, now))
    return c.json({ articles, next: rows.length === limit ? (rows.at(-1)?.path ?? null) : null })
  })
  .route("/media", mediaDesk)
  .post("/publish", body(PublishSchema), async (c) => {
    const request = c.req.valid("json")
    const outcome = await publishArticles(c.env, request, c.var.editor.name, Date.now())
    if (outcome.problems.length > 0) return c.json(outcome, 422)
    if (request.last && outcome.published.length > 0) await flush(c.env)
    return c.json(outcome, 200)
  })
  .post("/cards", body(CardsSchema), async (c) => {
    const { cards, last } = c.req.valid("json")
    const read = await readCards(cards)
    if (read.torn.length > 0)
      return fail(c, 400, "torn", `the social card of ${read.torn.join(", ")} was damaged in transit: publish again`)
    const kept = await keepCards(c.env, read.cards, Date.now())
    if (last) await flush(c.env)
    return c.json({ kept })
  })
  .post("/unpublish", body(UnpublishSchema), async (c) => {
    const request = c.req.valid("json")
    const changed = await unpublish(c.env, { ...request, who: c.var.editor.name })
    return answerChange(c, changed, (revision) => ({ path: request.path, revision }))
  })
  .post("/move", body(MoveSchema), async (c) => {
    const { from, to, ...request } = c.req.valid("json")
    const target = parseAddress(to, c.env.site)
    const { kind } = parseContent(from, c.env.site)
    if (kind !== "article") {
      const what = kinds[kind].isNote ? "note" : kind === "page" ? "static page" : "biography"
      const message = `${from} is a ${what}, and only articles can move: publish a new file and unpublish this one`
      return fail(c, 400, "malformed", message)
    }
    if (target?.kind !== "article") return fail(c, 400, "malformed", `${to} is not a valid address for an article`)
    const changed = await move(c.env, { ...request, path: from, to: target, who: c.var.editor.name })
    return answerChange(c, changed, (revision) => ({ from, to, revision }))
  })
  .post("/moved", body(MovedSchema), async (c) =>
    c.json({ moved: await explainAbsences(c.env.catalogue, c.req.valid("json").paths) }),
  )
  .get("/revisions", query(revisionsQuery), async (c) => {
    const rows = await readRevisions(c.env.catalogue, c.req.valid("query").path)
    if (rows.length === 0) return fail(c, 404, "absent", "no article was ever published at this address")
    const revisions = rows.map(({ at, erased, ...row }) => {
      return { ...row, when: new Date(at).toISOString(), erased: erased === 1 }
    })
    return c.json({ revisions })
  })
  .get("/source", query(sourceQuery), async (c) => {
    const { path, revision = null } = c.req.valid("query")
    const source = await readSource(c.env, path, revision)
    if (source === null) return fail(c, 404, "absent", `no such revision of ${path}`)
    return c.json({ path, revision: source.revision, source: source.source, media: source.media })
  })
  .post("/rollback", body(RollbackSchema), async (c) => {
    const { revision = null, ...request } = c.req.valid("json")
    const changed = await rollBack(c.env, { ...request, revision, who: c.var.editor.name })
    return answerChange(c, changed, (made) => ({ path: request.path, revision: made }))
  })
  // The client repeats `/erase/continue` until nothing is left.
  .post("/erase", body(EraseSchema), async (c) => {
    const { path, reason } = c.req.valid("json")
    for (let attempt = 0; attempt < 5; attempt++) {
      const head = (await readHeads(c.env.catalogue, [path])).get(path)
      if (head === undefined) return fail(c, 404, "absent", `no article was ever published at ${path}`)
      const revisions = await eraseRevisions(c.env.catalogue, head, { who: c.var.editor.name, reason }, Date.now())
      if (revisions === null) continue
      await revokePreviews(c.env, path, c.var.editor.name, Date.now())
      await flush(c.env)
      return c.json({ path, revisions, live: head.live !== 0 }, 200)
    }
    return fail(c, 409, "conflict", "the article kept changing: try again")
  })
  .post("/erase/continue", body(EraseContinueSchema), async (c) =>
    c.json({ left: await continueErasure(c.env, c.req.valid("json").path) }),
  )
  .get("/stats", async (c) => {
    const { queues } = c.env
    const [{ editions, ...stats }, mail, events, dead] = await Promise.all([
      readStats(c.env, Date.now()),
      countMessages(queues.mail),
      countMessages(queues.events),
      countMessages(queues.dead),
    ])
    return c.json({
      ...stats,
      queues: { mail, events, dead },
      sender: c.env.sender,
      editions: editions.map(({ at, who, recipients, planned, claimed, ...counts }) => {
        const states = { ...counts, planned: recipients, waiting: planned, sending: claimed }
        return { ...states, at: new Date(at).toISOString(), who }
      }),
    })
  })
  .post("/purges", async (c) => c.json(await flushPurges(c.env.catalogue, c.env.purge, Date.now())))
  .route("/archive", archiveDesk)
  .route("/editors", editorsDesk)
  .route("/members", membersDesk)
  .route("/previews", previewsDesk)
  .route("/editions", editionsDesk)

// Hono finds no route for a method that its path does not allow.
deskApp.notFound((c) => {
  const isHere = (path: string) => new RegExp(`^${path.replace(/:\w+/, "[^/]+")}$`).test(c.req.path)
  const found = deskApp.routes.filter(({ method, path }) => method !== "ALL" && isHere(path))
  if (found.length === 0) return fail(c, 404, "route", "the desk has no such route")
  const methods = found.map(({ method }) => (method === "GET" ? "GET, HEAD" : method))
  c.header("Allow", [...new Set(methods), "OPTIONS"].join(", "))
  if (c.req.method === "OPTIONS") return c.body(null, 204)
  return fail(c, 405, "method", `${c.req.method} is not allowed here`)
})
deskApp.onError((error, c) => {
  if ("status" in error && error.status === 400) return fail(c, 400, "malformed", "the request is not valid JSON")
  if (!(error instanceof StoreFailure)) {
    const id = logBug(error)
    return fail(c, 500, "bug", `something went wrong; the error was logged as ${id}`)
  }
  console.error("store failed", error.message)
  c.header("Retry-After", "10")
  return fail(c, 503, "failed", "the desk cannot do this right now; nothing was lost, try again")
})

/** How many messages are waiting in a queue; null if the platform does not say. */
async function countMessages(queue: Queue): Promise<number | null> {
  try {
    return (await queue.metrics()).backlogCount
  } catch (error) {
    console.error("queue not counted", error instanceof Error ? error.message : "")
    return null
  }
}

/** Responds to a change to one article. A 409 says who made the conflicting change, and when. */
async function answerChange<Answer extends object>(
  c: Context<DeskEnv>,
  changed: Changed,
  describe: (revision: number) => Answer,
) {
  if ("conflict" in changed)
    return fail(c, 409, "conflict", "the article has changed in the meantime", changed.conflict)
  if ("taken" in changed)
    return fail(c, 409, "taken", `there is already an article at ${changed.taken}: choose another address`)
  if ("absent" in changed) return fail(c, 404, "absent", changed.absent)
  if ("problems" in changed) return c.json({ problems: changed.problems }, 422)
  await flush(c.env)
  return c.json(describe(changed.revision), 200)
}

/** Handles a request to the desk. The gateway adds the security and caching headers. */
export async function answerDesk(
  request: Request,
  { env, site, version, purge }: { env: Env; site: SiteConfig; version: string; purge: Purge },
): Promise<Response> {
  return deskApp.fetch(request, {
    site,
    version,
    ...openStores(env),
    adminKey: env.DESK_KEY,
    purge,
    queues: { mail: env.MAIL, events: env.MAIL_EVENTS, dead: env.MAIL_DEAD },
    sender: nameSender(env),
    sendTest: createSender(env, site) ?? throughBinding(env.EMAIL, site),
  })
}

export type DeskApp = typeof deskApp
