// A publish: what changed since the last one, and only that; it can be cut anywhere and run again.
import { readFileSync } from "node:fs"
import { checkArticles } from "../article/check.ts"
import type { Problem } from "../article/problem.ts"
import { config } from "../site/config.ts"
import { type BaseRecord, openBaseRecord } from "./base-record.ts"
import { drawOwedCards } from "./cards.ts"
import {
  type DeskClient,
  expectAnswer,
  fetchHeads,
  fetchSite,
  type Head,
  openDesk,
  sendPicture,
} from "./desk-client.ts"
import { CLIError } from "./failure.ts"
import { type FolderArticle, listFiles, openFolder, readArticles, type Upload } from "./folder.ts"
import { toFile } from "./paths.ts"
import { awaitReceipts } from "./receipts.ts"

export interface PublishOptions {
  readonly content: string
  readonly url: string
  readonly key: string
  /** Files or folders below the content folder; none: all. */
  readonly paths?: readonly string[] | undefined
  readonly force?: boolean
  readonly dryRun?: boolean
  readonly message?: string
  readonly receipts?: boolean
  /** Called with the drawing of the social cards that are owed, when the texts are live. Without: none is drawn. */
  readonly cards?: (draw: () => Promise<void>) => Promise<void> | void
  /** Called with what an editor should know meanwhile: a line. */
  readonly report?: (line: string) => void
  /** Called with how many of how many articles are published. */
  readonly progress?: (done: number, all: number) => void
  /** Called with how many of how many social cards are drawn. */
  readonly cardProgress?: (done: number, all: number) => void
}

export interface Conflict {
  readonly path: string
  readonly revision: number
  readonly who: string
  readonly when: string
}

export interface Published {
  readonly path: string
  readonly url: string
  readonly revision: number
  /** From the desk's receipt until a reader was given it, milliseconds; null: not asked, or not for readers yet. */
  liveMs: number | null
}

export interface PublishOutcome {
  published: Published[]
  unchanged: string[]
  conflicts: Conflict[]
  problems: Problem[]
}

const articlesARequest = 20
const bytesARequest = 1_000_000

/** Publishes what differs from the site. With any problem nothing is sent. @throws CLIError */
export async function publishFolder(options: PublishOptions): Promise<PublishOutcome> {
  const root = openFolder(options.content)
  const files = selectFiles(root, listFiles(root), options.paths)
  const { articles, problems } = readArticles(root, files, config)
  const outcome: PublishOutcome = { published: [], unchanged: [], conflicts: [], problems }
  if (problems.length > 0) return outcome
  const desk = openDesk(options)
  const site = await fetchSite(desk)
  const heads = await fetchHeads(desk)
  const known = new Set([...heads.values()].filter(({ status }) => status !== "gone").map(({ path }) => path))
  const found = checkArticles(
    articles.map(({ article }) => article),
    known,
    config,
  )
  // A link that leads nowhere or a picture without alt text is `check`'s to tell: it must not hold back a correction.
  outcome.problems = found.filter(({ field }) => field !== "body")
  if (outcome.problems.length > 0) return outcome
  const record = openBaseRecord(root, site.id)
  const batches = cutBatches(chooseArticles(articles, heads, record, options.force ?? false, outcome))
  if (options.dryRun) {
    for (const { article } of batches.flat())
      outcome.published.push({
        path: article.path,
        url: site.origin + article.path,
        revision: (heads.get(article.path)?.revision ?? 0) + 1,
        liveMs: null,
      })
    return outcome
  }
  await sendBatches(desk, batches, heads, record, options, outcome)
  if (options.receipts !== false) {
    const late = await awaitReceipts(options.url, site.origin, outcome.published, articles)
    for (const { url, revision } of late)
      options.report?.(`${url}: revision ${revision} is published, but readers were not given it within 15 s`)
  }
  await options.cards?.(() => drawOwedCards(desk, articles, heads, outcome.published, options))
  return outcome
}

/** The files that paths name, as editors type them; none: all. @throws CLIError when a path names nothing */
export function selectFiles(root: string, files: readonly string[], paths: readonly string[] | undefined): string[] {
  if (paths === undefined || paths.length === 0) return [...files]
  const chosen = new Set<string>()
  for (const given of paths) {
    const wanted = toFile(given, root)
    const found = files.filter(
      (file) => wanted === "" || file === wanted || file === `${wanted}.md` || file.startsWith(`${wanted}/`),
    )
    if (found.length === 0) throw new CLIError(`no article at ${given}: name files or folders of the content folder`, 2)
    for (const file of found) chosen.add(file)
  }
  return files.filter((file) => chosen.has(file))
}

function chooseArticles(
  articles: readonly FolderArticle[],
  heads: ReadonlyMap<string, Head>,
  record: BaseRecord,
  force: boolean,
  outcome: PublishOutcome,
): FolderArticle[] {
  const chosen: FolderArticle[] = []
  for (const one of articles) {
    const { path, front } = one.article
    const head = heads.get(path)
    const base = record.get(path)
    if (front.status === "draft") continue
    if (head !== undefined && head.digest === one.digest && (head.status !== "gone" || !force)) {
      outcome.unchanged.push(path)
      if (base?.revision !== head.revision) record.set(path, { revision: head.revision, digest: head.digest })
      continue
    }
    if (head !== undefined && base?.pending === head.digest)
      record.set(path, { revision: head.revision, digest: head.digest })
    const from = record.get(path)?.revision ?? 0
    if (!force && head !== undefined && head.revision !== from) {
      outcome.conflicts.push({ path, revision: head.revision, who: head.who, when: head.when })
      continue
    }
    chosen.push(one)
  }
  return chosen
}

function cutBatches(articles: readonly FolderArticle[]): FolderArticle[][] {
  const batches: FolderArticle[][] = []
  let bytes = 0
  for (const one of articles) {
    const last = batches.at(-1)
    const size = Buffer.byteLength(one.source)
    if (last === undefined || last.length === articlesARequest || bytes + size > bytesARequest) {
      batches.push([one])
      bytes = size
    } else {
      last.push(one)
      bytes += size
    }
  }
  return batches
}

async function sendBatches(
  desk: DeskClient,
  batches: readonly FolderArticle[][],
  heads: ReadonlyMap<string, Head>,
  record: BaseRecord,
  options: PublishOptions,
  outcome: PublishOutcome,
): Promise<void> {
  const all = batches.reduce((sum, batch) => sum + batch.length, 0)
  let done = 0
  if (all === 0) {
    record.save()
    // An earlier run may have been cut before its purge: pay what is owed.
    if (options.paths === undefined) await expectAnswer(await desk.purges.$post())
  }
  for (const [index, batch] of batches.entries()) {
    await sendPictures(desk, batch, options)
    for (const { article, digest } of batch) {
      const base = record.get(article.path) ?? { revision: 0, digest: "" }
      record.set(article.path, { ...base, pending: digest })
    }
    record.save()
    const response = await desk.publish.$post({
      json: {
        message: options.message ?? "",
        force: options.force ?? false,
        last: index === batches.length - 1,
        articles: batch.map(({ article, source, media, digest }) => ({
          path: article.path,
          base: options.force ? (heads.get(article.path)?.revision ?? 0) : (record.get(article.path)?.revision ?? 0),
          source,
          media: media as never,
          digest,
          card: null,
        })),
      },
    })
    if (response.status === 422) {
      const refused = (await response.json()) as PublishOutcome
      outcome.problems.push(...refused.problems)
      return
    }
    if (!response.ok) await expectAnswer(response)
    const answer = (await response.json()) as unknown as PublishOutcome
    const digests = new Map(batch.map(({ article, digest }) => [article.path, digest]))
    for (const one of answer.published) {
      record.set(one.path, { revision: one.revision, digest: digests.get(one.path) ?? "" })
      outcome.published.push({ ...one, liveMs: null })
    }
    outcome.unchanged.push(...answer.unchanged)
    outcome.conflicts.push(...answer.conflicts)
    record.save()
    done += batch.length
    options.progress?.(done, all)
  }
}

async function sendPictures(desk: DeskClient, batch: readonly FolderArticle[], options: PublishOptions): Promise<void> {
  const files = new Map<string, { file: string; upload: Upload }>()
  for (const { media, files: paths } of batch)
    for (const upload of Object.values(media)) {
      const file = paths.get(upload.sha256)
      if (file !== undefined) files.set(upload.sha256, { file, upload })
    }
  if (files.size === 0) return
  const response = await desk.media.missing.$post({ json: { hashes: [...files.keys()] } })
  const { missing } = await expectAnswer<{ missing: string[] }>(response)
  for (const hash of missing) {
    const found = files.get(hash)
    if (found === undefined) continue
    await sendPicture(options, found.upload, readFileSync(found.file))
  }
}
