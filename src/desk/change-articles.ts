// Publishes, unpublishes, moves and rolls back articles. Every write must replace the revision that its editor has seen
// (`base`) or be forced; anything else is a conflict, which says who made the newest revision and when.
import type { InferOutput } from "valibot"
import { webPath } from "../article/kinds.ts"
import { digestSuffix } from "../article/media-types.ts"
import { parseArticle } from "../article/parse.ts"
import { tryArticle } from "../render/try-article.ts"
import type { ArticleAddress } from "../site/addresses.ts"
import { fileOf } from "../site/format-address.ts"
import type { Problem } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import type { BrokenRule, Written } from "../store/article-constraints.ts"
import { hashContent } from "../store/bodies.ts"
import { findMissingMedia } from "../store/media.ts"
import { moveArticle, unpublishArticle } from "../store/move.ts"
import { revokePreviews } from "../store/previews.ts"
import { type Head, type Publication, publishBatch, readHeads } from "../store/publish.ts"
import { findRepeated, readRevisions, readSource } from "../store/revisions.ts"
import { type Conflict, conflictWith, explainAbsences } from "./article-status.ts"
import type { Desk } from "./context.ts"
import type { PublishSchema } from "./schema.ts"

type PublishRequest = Omit<InferOutput<typeof PublishSchema>, "last"> & { action?: "publish" | "rollback" }
/** A file as the client sent it. */
type Submitted = PublishRequest["articles"][number]

interface Parsed extends Pick<Publication, "article" | "digest" | "words" | "searched"> {
  readonly submitted: Submitted
}

export interface Outcome {
  published: { path: string; url: string; revision: number }[]
  unchanged: string[]
  conflicts: Conflict[]
  problems: Problem[]
}

/**
 * Publishes the articles that have no conflict. If any article has a problem, nothing is written.
 * @param request articles as sent by the CLI; `force` overwrites other people's revisions
 */
export async function publishArticles(desk: Desk, request: PublishRequest, who: string, now: number): Promise<Outcome> {
  const { parsed, problems } = await readSubmitted(desk, request.articles)
  if (problems.length > 0) return { published: [], unchanged: [], conflicts: [], problems }
  // New articles replace nothing, so the catalogue is read only if the first write finds that one exists after all.
  const allNew = !request.force && parsed.every(({ submitted }) => submitted.base === 0)
  const paths = parsed.map(({ article }) => article.path)
  for (let attempt = 0; attempt < 5; attempt++) {
    const heads = allNew && attempt === 0 ? new Map<string, Head>() : await readHeads(desk.catalogue, paths)
    const { batch, unchanged, conflicts, absent } = sortOut(parsed, heads, request)
    conflicts.push(...(await explainAbsences(desk.catalogue, absent)))
    if (batch.length === 0) return { published: [], unchanged, conflicts, problems }
    const written = await publishBatch(desk, batch, { who, message: request.message }, now)
    if (written === null) continue
    const published = written.made.map(({ path, revision }) => {
      return { path, url: desk.site.origin + webPath(path, desk.site), revision }
    })
    return { published, unchanged, conflicts, problems: written.broken.map((rule) => explainRule(rule, desk.site)) }
  }
  throw new Error("the catalogue kept changing during this request")
}

/** Parses files as sent and checks everything but their revisions. `drafts`: whether to accept drafts. */
export async function readSubmitted(desk: Desk, sent: readonly Submitted[], drafts = false) {
  const problems: Problem[] = []
  const parsed: Parsed[] = []
  for (const submitted of sent) {
    const file = fileOf(submitted.path, desk.site)
    const { article, problems: mistakes } = parseArticle(file, submitted.source, desk.site)
    problems.push(...mistakes)
    if (article === null) continue
    const digest = await hashContent(submitted.source + digestSuffix(submitted.media))
    if (article.front.status === "draft" && !drafts)
      problems.push(refuse(file, "status", "drafts cannot be published", "remove `status: draft`"))
    if (digest !== submitted.digest)
      problems.push(refuse(file, "file", "the text was damaged in transit", "publish again"))
    const { searched, words, problem } = await tryArticle(article, desk.site)
    if (problem !== null) problems.push(problem)
    else parsed.push({ article, submitted, digest, words, searched })
  }
  if (new Set(parsed.map(({ article }) => article.path)).size !== parsed.length)
    problems.push(refuse("", "path", "an article is in the request twice", "send it once"))
  problems.push(...(await checkStores(desk, parsed)))
  return { parsed, problems }
}

/** Sorts files by what to do. `absent`: paths where the editor's copy is based on an article, but there is none. */
function sortOut(parsed: readonly Parsed[], heads: ReadonlyMap<string, Head>, request: PublishRequest) {
  const batch: Publication[] = []
  const unchanged: string[] = []
  const conflicts: Conflict[] = []
  const absent: string[] = []
  // Rolling back restores an unpublished article; publishing does so only if forced.
  const revives = request.force || request.action === "rollback"
  for (const { article, submitted, ...found } of parsed) {
    const head = heads.get(article.path)
    if (head !== undefined && head.digest === found.digest && (head.live !== 0 || !revives)) {
      unchanged.push(article.path)
    } else if (!request.force && (head?.revision ?? 0) !== submitted.base) {
      if (head === undefined) absent.push(article.path)
      else conflicts.push(conflictWith(head))
    } else {
      const { media } = submitted
      batch.push({ article, base: head?.revision ?? 0, media, action: request.action ?? "publish", ...found })
    }
  }
  return { batch, unchanged, conflicts, absent }
}

async function checkStores(desk: Desk, parsed: readonly Parsed[]): Promise<Problem[]> {
  const problems: Problem[] = []
  const wanted = new Map<string, string>()
  for (const { article, submitted } of parsed) {
    const file = fileOf(article.path, desk.site)
    for (const src of article.pictures)
      if (!Object.hasOwn(submitted.media, src))
        problems.push(
          refuse(file, "body", `the picture ${src} was not sent`, "publish with the picture beside the file"),
        )
    for (const upload of Object.values(submitted.media)) wanted.set(upload.sha256, file)
  }
  const fix = "run `dateline publish`: it sends pictures again, without metadata"
  const missing = wanted.size === 0 ? [] : await findMissingMedia(desk.catalogue, [...wanted.keys()])
  for (const hash of missing) {
    const message = `the picture ${hash} is not on the site, or has not been checked for metadata`
    problems.push(refuse(wanted.get(hash) ?? "", "file", message, fix))
  }
  return problems
}

/** Explains, as a problem in the article's file, which rule about other articles it would break. */
function explainRule({ rule, path, address, other }: BrokenRule, site: SiteConfig): Problem {
  const mistakes: Record<BrokenRule["rule"], [field: string, message: string, fix: string]> = {
    "alias-live": ["aliases", `${address} is a live article`, "remove the alias, or move that article"],
    "alias-taken": ["aliases", `${address} already leads to ${other}`, "remove one of the two aliases"],
    "path-taken": ["path", `${address} is an alias of ${other}`, "remove that alias first"],
    "original-absent": ["translationOf", `there is no original at ${address}`, "publish the original first"],
    "language-taken": [
      "translationOf",
      `${other} is already the translation of ${address} in this language`,
      "keep one of the two",
    ],
    "has-translations": [
      "translationOf",
      `${path} cannot be a translation, because ${other} is a translation of it`,
      `set its \`translationOf\` to ${address}`,
    ],
    "story-absent": ["stories", `there is no article at ${address}`, "publish it first, or remove it from the list"],
  }
  return refuse(fileOf(path, site), ...mistakes[rule])
}

function refuse(file: string, field: string, message: string, fix: string): Problem {
  return { file, line: 1, column: 1, field, message, fix }
}

/** An editor's change to an article, based on the revision that they have seen. */
interface Change {
  readonly path: string
  readonly base: number
  readonly force: boolean
  readonly who: string
}

export type Changed =
  | { readonly revision: number }
  | { readonly conflict: Conflict }
  | { readonly absent: string }
  | { readonly taken: string }
  | { readonly problems: Problem[] }

/** Unpublishes an article and revokes its preview links, so that nobody can read it there either. */
export async function unpublish(desk: Desk, change: Change & { readonly reason: string }): Promise<Changed> {
  const { path, who, reason } = change
  const revision = { path, action: "unpublish", who, message: reason }
  const changed = await replaceHead(desk, change, revision, (head) =>
    unpublishArticle(desk.catalogue, head, revision, Date.now()),
  )
  if ("revision" in changed) await revokePreviews(desk, path, who, Date.now())
  return changed
}

export async function move(desk: Desk, change: Change & { readonly to: ArticleAddress }): Promise<Changed> {
  const { path, who, to } = change
  const revision = { path: to.path, action: "move", who, message: `${path} → ${to.path}` }
  return replaceHead(desk, change, revision, async (head) => {
    if ((await readHeads(desk.catalogue, [to.path])).has(to.path)) return { taken: to.path }
    return moveArticle(desk.catalogue, head, to, revision, Date.now())
  })
}

/** Republishes an earlier revision. @param change.revision which one; null for the one before the live revision */
export async function rollBack(desk: Desk, change: Change & { readonly revision: number | null }): Promise<Changed> {
  const { path, base, force, who } = change
  const db = desk.catalogue
  const head = (await readHeads(db, [path])).get(path)
  if (head === undefined) return answerAbsence(desk, path)
  const wanted = change.revision ?? (await readRevisions(db, path))[head.live === 0 ? 0 : 1]?.revision ?? 0
  const message = `back to revision ${wanted}`
  const source = await readSource(desk, path, wanted)
  if (source === null) return { absent: `${path} has no revision ${wanted}` }
  const request = { message, force, articles: [{ ...source, path, base }], action: "rollback" as const }
  const { problems, conflicts, published } = await publishArticles(desk, request, who, Date.now())
  if (problems.length > 0) return { problems }
  const [conflict] = conflicts
  // If nothing was published, the text is already live as the newest revision.
  const revision =
    conflict === undefined
      ? (published[0]?.revision ?? (await readHeads(db, [path])).get(path)?.revision ?? null)
      : await findRepeated(db, { path, base, action: "rollback", who, message })
  if (revision !== null) return { revision }
  return conflict === undefined ? answerAbsence(desk, path) : { conflict }
}

/**
 * Replaces a live article's newest revision.
 * @param revision the revision to create. If it already follows `base`, the client is retrying after a lost response
 * @param write returns what its transaction created, or null if another write came first
 */
async function replaceHead(
  desk: Desk,
  { path, base, force }: Change,
  revision: { path: string; action: string; who: string; message: string },
  write: (head: Head) => Promise<Written | null | { readonly taken: string }>,
): Promise<Changed> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const head = (await readHeads(desk.catalogue, [path])).get(path)
    const seen = force || head?.revision === base
    if (head !== undefined && head.live !== 0 && seen) {
      const written = await write(head)
      if (written === null) continue
      if ("taken" in written) return written
      const [made] = written.made
      return made === undefined
        ? { problems: written.broken.map((rule) => explainRule(rule, desk.site)) }
        : { revision: made.revision }
    }
    const repeated = await findRepeated(desk.catalogue, { ...revision, base })
    if (repeated !== null) return { revision: repeated }
    if (head === undefined) return answerAbsence(desk, path)
    return seen ? { absent: `there is no live article at ${path}` } : { conflict: conflictWith(head) }
  }
  throw new Error("the catalogue kept changing during this request")
}

async function answerAbsence(desk: Desk, path: string): Promise<Changed> {
  const [conflict] = await explainAbsences(desk.catalogue, [path])
  return conflict?.movedTo ? { conflict } : { absent: `there is no live article at ${path}` }
}
