// A publish: what changed since the last one, and only that; it can be cut anywhere and run again.
import { readFileSync } from "node:fs"
import { checkArticles } from "../article/check.ts"
import type { Problem } from "../article/problem.ts"
import { parseAddress } from "../site/addresses.ts"
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
import { type FolderArticle, listFiles, openFolder, readArticles, type SameFile, type Upload } from "./folder.ts"
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
/** Requests under way at the same time. */
const atOnce = 3

/** Publishes what differs from the site. With any problem nothing is sent. @throws CLIError */
export async function publishFolder(options: PublishOptions): Promise<PublishOutcome> {
  const root = openFolder(options.content)
  const files = selectFiles(root, listFiles(root), options.paths)
  const desk = openDesk(options)
  const [site, heads] = await Promise.all([fetchSite(desk), fetchHeads(desk)])
  const isLive = (path: string, digest: string) => {
    const head = heads.get(path)
    return head !== undefined && head.status !== "gone" && head.digest === digest
  }
  const { articles, same, problems } = readArticles(root, files, config, isLive)
  const outcome: PublishOutcome = { published: [], unchanged: [], conflicts: [], problems }
  if (problems.length > 0) return outcome
  outcome.problems = checkTogether(root, articles, same, heads)
  if (outcome.problems.length > 0) return outcome
  const record = openBaseRecord(root, site.id)
  for (const { path } of same) keepBase(record, path, heads.get(path), outcome)
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
    const { asked, readable, late } = await awaitReceipts(options.url, site.origin, outcome.published, articles)
    if (asked < readable)
      options.report?.(`asked for ${asked} of the ${readable} articles as a reader: the others' receipts name no time`)
    for (const { url, revision } of late)
      options.report?.(`${url}: revision ${revision} is published, but readers were not given it within 15 s`)
  }
  const shown = [...articles, ...same.map((one) => recallTitle(one, heads))]
  shown.sort((a, b) => (a.article.path < b.article.path ? -1 : 1))
  await options.cards?.(() => drawOwedCards(desk, shown, heads, outcome.published, options))
  return outcome
}

/** Mistakes between articles. Of files that the site has as they are, those are parsed that a changed one may clash with. */
function checkTogether(
  root: string,
  articles: readonly FolderArticle[],
  same: readonly SameFile[],
  heads: ReadonlyMap<string, Head>,
): Problem[] {
  const speak = articles.some(({ article: { front } }) => front.aliases.length > 0 || front.translationOf !== undefined)
  const others = speak ? same.filter(({ mentions }) => mentions).map(({ file }) => file) : []
  const known = new Set([...heads.values()].filter(({ status }) => status !== "gone").map(({ path }) => path))
  const all = [...articles, ...readArticles(root, others, config).articles].map(({ article }) => article)
  // A link that leads nowhere or a picture without alt text is `check`'s to tell: it must not hold back a correction.
  return checkArticles(all, known, config, false)
}

/** What the site has as the folder has it: the revision that it was derived from is that one. */
function keepBase(record: BaseRecord, path: string, head: Head | undefined, outcome: PublishOutcome): void {
  outcome.unchanged.push(path)
  if (head !== undefined && record.get(path)?.revision !== head.revision)
    record.set(path, { revision: head.revision, digest: head.digest })
}

/** As much of an article as its card shows. */
function recallTitle({ path, digest }: SameFile, heads: ReadonlyMap<string, Head>) {
  const address = parseAddress(path, config)
  if (address?.kind !== "article") throw new Error(`${path} is no article's address`)
  return { digest, article: { ...address, front: { title: heads.get(path)?.title ?? "" } } }
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
    if (front.status === "draft") continue
    if (head !== undefined && head.digest === one.digest && (head.status !== "gone" || !force)) {
      keepBase(record, path, head, outcome)
      continue
    }
    if (head !== undefined && record.get(path)?.pending === head.digest)
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
    return
  }
  // What is about to be sent is written down once, before any of it is: a run that is cut knows its own words again.
  for (const { article, digest } of batches.flat())
    record.set(article.path, { ...(record.get(article.path) ?? { revision: 0, digest: "" }), pending: digest })
  record.save()
  const send = async (batch: FolderArticle[], last: boolean): Promise<void> => {
    await sendPictures(desk, batch, options)
    await sendBatch(desk, batch, last, heads, record, options, outcome)
    done += batch.length
    options.progress?.(done, all)
  }
  // The desk waits for its stores meanwhile; the last request pays the purges, when all others are through.
  const queue = batches.slice(0, -1)
  const work = async (): Promise<void> => {
    for (let batch = queue.shift(); batch !== undefined && outcome.problems.length === 0; batch = queue.shift())
      await send(batch, false).catch((error) => {
        queue.length = 0
        throw error
      })
  }
  try {
    const ended = await Promise.allSettled(Array.from({ length: atOnce }, work))
    const failed = ended.find((one) => one.status === "rejected")
    if (failed !== undefined) throw failed.reason
    const last = batches.at(-1)
    if (last !== undefined && outcome.problems.length === 0) await send(last, true)
  } finally {
    record.save()
  }
}

async function sendBatch(
  desk: DeskClient,
  batch: readonly FolderArticle[],
  last: boolean,
  heads: ReadonlyMap<string, Head>,
  record: BaseRecord,
  options: PublishOptions,
  outcome: PublishOutcome,
): Promise<void> {
  const response = await desk.publish.$post({
    json: {
      message: options.message ?? "",
      force: options.force ?? false,
      last,
      articles: batch.map(({ article, source, media, digest }) => ({
        path: article.path,
        base: options.force ? (heads.get(article.path)?.revision ?? 0) : (record.get(article.path)?.revision ?? 0),
        source,
        media: media as never,
        digest,
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
