// Sends articles to the desk, pictures first, then asks as a reader until the new revisions are live.
import type { PictureFile } from "../article/picture-types.ts"
import type { BaseRecord } from "./base-record.ts"
import type { ReadyArticle } from "./clean-pictures.ts"
import { isLocal } from "./command.ts"
import { type DeskClient, expectAnswer, type Head, sendPicture, type Target } from "./desk-client.ts"
import type { Published, PublishOutcome } from "./output.ts"
import type { FolderArticle } from "./read-articles.ts"

export interface SendOptions extends Target {
  readonly force?: boolean
  readonly message?: string
  /** Called with how many of how many articles are published. */
  readonly progress?: (done: number, all: number) => void
}

/** What all requests of a run share. */
export interface Run {
  readonly desk: DeskClient
  /** What the site has. */
  readonly heads: ReadonlyMap<string, Head>
  readonly record: BaseRecord
  readonly options: SendOptions
  /** What the desk answers is added to it. */
  readonly outcome: PublishOutcome
}

/** With two texts each and the catalogue's statements far below the 1,000 calls that a request may make (platform limit). */
export const articlesARequest = 50
const bytesARequest = 1_000_000
/** Requests under way at the same time. */
const atOnce = 3

/**
 * Sends articles, each with the pictures that the desk lacks, and notes what it answers in the run's outcome and record.
 * The caller flushes the purges. After a mistake that the desk finds no further one is sent. @throws CLIError
 */
export async function sendArticles(run: Run, articles: readonly ReadyArticle[]): Promise<void> {
  const { record, outcome } = run
  // Recorded before anything is sent, so that the next run recognises what an interrupted one published.
  for (const { article, digest } of articles)
    record.set(article.path, { ...(record.get(article.path) ?? { revision: 0, digest: "" }), pending: digest })
  record.save()
  let done = 0
  const send = async (batch: ReadyArticle[]): Promise<void> => {
    await sendPictures(run, batch)
    await sendBatch(run, batch)
    done += batch.length
    run.options.progress?.(done, articles.length)
  }
  // Several at once: the desk waits for its stores meanwhile.
  const queue = cutBatches(articles)
  const work = async (): Promise<void> => {
    for (let batch = queue.shift(); batch !== undefined && outcome.problems.length === 0; batch = queue.shift())
      await send(batch).catch((error) => {
        queue.length = 0
        throw error
      })
  }
  try {
    const ended = await Promise.allSettled(Array.from({ length: atOnce }, work))
    const failed = ended.find((one) => one.status === "rejected")
    if (failed !== undefined) throw failed.reason
  } finally {
    record.save()
  }
}

function cutBatches(articles: readonly ReadyArticle[]): ReadyArticle[][] {
  const batches: ReadyArticle[][] = []
  let bytes = 0
  for (const one of articles) {
    const last = batches.at(-1)
    // As it is sent: JSON writes a control character as six.
    const size = Buffer.byteLength(JSON.stringify(one.source))
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

async function sendBatch(run: Run, batch: readonly ReadyArticle[]): Promise<void> {
  const { desk, heads, record, options, outcome } = run
  const response = await desk.publish.$post({
    json: {
      message: options.message ?? "",
      force: options.force ?? false,
      last: false,
      articles: batch.map(({ article, source, media, digest }) => ({
        path: article.path,
        base: options.force ? (heads.get(article.path)?.revision ?? 0) : (record.get(article.path)?.revision ?? 0),
        source,
        media,
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
  const sent = new Map(batch.map((one) => [one.article.path, one]))
  for (const one of answer.published) {
    const { digest = "", seen = null } = sent.get(one.path) ?? {}
    record.set(one.path, { revision: one.revision, digest, ...(seen && { seen }) })
    outcome.published.push({ ...one, liveMs: null })
  }
  outcome.unchanged.push(...answer.unchanged)
  outcome.conflicts.push(...answer.conflicts)
}

async function sendPictures({ desk, options }: Run, batch: readonly ReadyArticle[]): Promise<void> {
  const files = new Map<string, { path: string; upload: PictureFile }>()
  for (const { media, pictures } of batch)
    for (const [src, { path }] of pictures) {
      const upload = media[src]
      if (upload !== undefined) files.set(upload.sha256, { path, upload })
    }
  if (files.size === 0) return
  const response = await desk.media.missing.$post({ json: { hashes: [...files.keys()] } })
  const { missing } = await expectAnswer(response)
  const { readCleanBytes } = await import("./clean-pictures.ts")
  for (const hash of missing) {
    const found = files.get(hash)
    if (found !== undefined) await sendPicture(options, found.upload, await readCleanBytes(found.path, found.upload))
  }
}

/** No reader gets the old page for longer than this after a publish, milliseconds (docs: bounds). */
const patience = 15_000
const requestsAtOnce = 8
/** Each request renders a page: of a larger run this many articles are requested, spread over all of it. */
const mostAsked = 100

/**
 * Fills in `liveMs` of what was published. It stays null for what is under embargo or expired.
 * @returns how many were requested of how many that readers can see, and which were not live in time
 */
export async function awaitReceipts(
  url: string,
  origin: string,
  published: readonly Published[],
  articles: readonly FolderArticle[],
): Promise<{ asked: number; readable: number; late: Published[] }> {
  const byPath = new Map(articles.map(({ article }) => [article.path, article]))
  const now = Date.now()
  const readable = published.filter(({ path }) => {
    const article = byPath.get(path)
    return (article?.publishedAt ?? now) <= now && (article?.expiresAt ?? now + 1) > now
  })
  const step = Math.max(1, readable.length / mostAsked)
  const asked = readable.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
  // A local site answers where it runs, any other at its own origin.
  const base = isLocal(url) ? url : origin
  const queue = [...asked]
  const work = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift())
      one.liveMs = await askUntilLive(base, one, now)
  }
  await Promise.all(Array.from({ length: requestsAtOnce }, work))
  return { asked: asked.length, readable: readable.length, late: asked.filter(({ liveMs }) => liveMs === null) }
}

async function askUntilLive(base: string, one: Published, since: number): Promise<number | null> {
  for (let pause = 25; Date.now() - since < patience; pause = Math.min(pause * 2, 1000)) {
    try {
      const response = await fetch(base + one.path, {
        method: "HEAD",
        redirect: "manual",
        signal: AbortSignal.timeout(Math.max(1, since + patience - Date.now())),
      })
      if (Number(response.headers.get("Dateline-Revision")) >= one.revision) return Date.now() - since
    } catch {
      // Try again.
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
  return null
}
