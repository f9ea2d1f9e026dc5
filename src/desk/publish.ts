// From a request of the desk to publications: parse again with the one parser, keep conflicts apart, write the rest.
import type { Article } from "../article/article.ts"
import { parseArticle } from "../article/parse.ts"
import { digestOf, type MediaUpload } from "../article/picture-types.ts"
import { explainUnrenderable } from "../render/renderable.ts"
import type { Problem } from "../site/problem.ts"
import { findMissingMedia } from "../store/media.ts"
import { type Head, type Publication, publishBatch, readHeads } from "../store/publish.ts"
import { findLiveAddresses } from "../store/revisions.ts"
import type { Desk } from "./desk.ts"
import { type Conflict, conflictWith, explainAbsences } from "./moved.ts"

interface Submitted {
  readonly path: string
  readonly base: number
  readonly source: string
  readonly media: Record<string, MediaUpload>
  readonly digest: string
}

export interface Outcome {
  published: { path: string; url: string; revision: number }[]
  unchanged: string[]
  conflicts: Conflict[]
  problems: Problem[]
}

/**
 * Publishes what is right and free of conflicts. With any problem nothing is written.
 * @param request articles as the CLI sends them; `force` overwrites what somebody else published
 */
export async function publishArticles(
  desk: Desk,
  request: { message: string; force: boolean; articles: readonly Submitted[]; action?: "publish" | "rollback" },
  who: string,
  now: number,
): Promise<Outcome> {
  const outcome: Outcome = { published: [], unchanged: [], conflicts: [], problems: [] }
  const parsed: { article: Article; submitted: Submitted; digest: string }[] = []
  for (const submitted of request.articles) {
    const file = `${submitted.path.slice(1)}.md`
    const { article, problems } = parseArticle(file, submitted.source, desk.site)
    outcome.problems.push(...problems)
    if (article === null) continue
    const digest = await digestOf(submitted.source, submitted.media)
    if (article.front.status === "draft")
      outcome.problems.push(refuse(file, "status", "a draft cannot be published", "remove `status: draft`"))
    if (digest !== submitted.digest)
      outcome.problems.push(refuse(file, "file", "the text was damaged on its way", "publish again"))
    const unrenderable = await explainUnrenderable(article, desk.site)
    if (unrenderable !== null) outcome.problems.push(unrenderable)
    parsed.push({ article, submitted, digest })
  }
  if (new Set(parsed.map(({ article }) => article.path)).size !== parsed.length)
    outcome.problems.push(refuse("", "path", "an article stands twice in one request", "send it once"))
  await checkStores(desk, parsed, outcome)
  if (outcome.problems.length > 0) return outcome

  // What is new replaces nothing: the catalogue is asked only when its guard finds something there after all.
  const allNew = !request.force && parsed.every(({ submitted }) => submitted.base === 0)
  const paths = parsed.map(({ article }) => article.path)
  for (let attempt = 0; attempt < 5; attempt++) {
    const heads = allNew && attempt === 0 ? new Map<string, Head>() : await readHeads(desk.catalogue, paths)
    const { batch, absent } = sortOut(parsed, heads, request, outcome)
    outcome.conflicts.push(...(await explainAbsences(desk.catalogue, absent)))
    if (batch.length === 0) return outcome
    const stores = { db: desk.catalogue, bodies: desk.bodies }
    const made = await publishBatch(stores, batch, heads, { who, message: request.message }, now)
    if (made === null) continue
    for (const { path, revision } of made) outcome.published.push({ path, url: desk.site.origin + path, revision })
    return outcome
  }
  throw new Error("the catalogue kept changing under this request")
}

function sortOut(
  parsed: readonly { article: Article; submitted: Submitted; digest: string }[],
  heads: ReadonlyMap<string, Head>,
  request: { force: boolean; action?: "publish" | "rollback" },
  outcome: Outcome,
): { batch: Publication[]; absent: string[] } {
  outcome.unchanged = []
  outcome.conflicts = []
  const batch: Publication[] = []
  const absent: string[] = []
  // A publish does not bring back what was unpublished, unless by force; a rollback does.
  const revives = request.force || request.action === "rollback"
  for (const { article, submitted, digest } of parsed) {
    const head = heads.get(article.path)
    if (head !== undefined && head.digest === digest && (head.live === 1 || !revives)) {
      outcome.unchanged.push(article.path)
    } else if (!request.force && (head?.revision ?? 0) !== submitted.base) {
      if (head === undefined) absent.push(article.path)
      else outcome.conflicts.push(conflictWith(head))
    } else {
      const { media } = submitted
      batch.push({ article, base: head?.revision ?? 0, digest, media, action: request.action ?? "publish" })
    }
  }
  return { batch, absent }
}

async function checkStores(
  desk: Desk,
  parsed: readonly { article: Article; submitted: Submitted }[],
  outcome: Outcome,
): Promise<void> {
  const wanted = new Map<string, string>()
  for (const { article, submitted } of parsed) {
    const file = `${article.path.slice(1)}.md`
    for (const src of article.pictures)
      if (!Object.hasOwn(submitted.media, src))
        outcome.problems.push(
          refuse(file, "body", `the picture ${src} was not sent`, "publish with the picture beside the file"),
        )
    for (const upload of Object.values(submitted.media)) wanted.set(upload.sha256, file)
  }
  if (wanted.size > 0)
    for (const hash of await findMissingMedia(desk.catalogue, [...wanted.keys()]))
      outcome.problems.push(
        refuse(
          wanted.get(hash) ?? "",
          "file",
          `the picture ${hash} is not at the desk, or may carry metadata`,
          "run `dateline publish`: it sends pictures again, without metadata",
        ),
      )
  const aliases = new Map(parsed.flatMap(({ article }) => article.front.aliases.map((alias) => [alias, article.path])))
  if (aliases.size > 0)
    for (const alias of await findLiveAddresses(desk.catalogue, [...aliases.keys()]))
      outcome.problems.push(
        refuse(
          `${(aliases.get(alias) ?? "").slice(1)}.md`,
          "aliases",
          `${alias} is a live article`,
          "remove the alias, or move that article",
        ),
      )
}

function refuse(file: string, field: string, message: string, fix: string): Problem {
  return { file, line: 1, column: 1, field, message, fix }
}
