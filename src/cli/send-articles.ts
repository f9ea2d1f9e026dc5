// Sends articles to the desk, pictures first, then polls as a reader until the new revisions are live.
import { Readable } from "node:stream"
import { setTimeout as pause } from "node:timers/promises"
import { kinds } from "../article/kinds.ts"
import { type PictureFile, variantsVersion } from "../article/media-types.ts"
import type { ReadyArticle } from "./clean-pictures.ts"
import { isLocal } from "./commander.ts"
import { expectAnswer, sendPicture, type Target } from "./desk-client.ts"
import type { Output, Published, PublishOutcome, Report } from "./output.ts"
import type { Folder } from "./publish-folder.ts"
import type { FolderArticle } from "./read-articles.ts"

export type RunOutput = Pick<Output, "warn" | "progress">

export interface SendOptions extends Target {
  readonly force?: boolean
  readonly message?: string
  readonly output: RunOutput
}

/** Shared by all requests of a run. */
interface Run extends Folder {
  readonly options: SendOptions
  /** Collects the desk's answers. */
  readonly outcome: PublishOutcome
}

/** How many articles a request publishes. With two texts each, far below the platform's 1,000 calls per request. */
export const articlesARequest = 50
const bytesARequest = 1_000_000

/**
 * Sends articles, with the pictures that the desk lacks, and adds its answers to the run's outcome and record.
 * The caller must flush the purges. Once the desk reports a mistake, no further batch is sent. @throws CLIError
 */
export async function sendArticles(run: Run, articles: readonly ReadyArticle[]): Promise<void> {
  const { record, outcome, options } = run
  let done = 0
  const failures: unknown[] = []
  const send = async (batch: readonly ReadyArticle[]) => {
    if (outcome.problems.length + failures.length > 0) return
    try {
      await sendPictures(run, batch, options.output.warn)
      await sendBatch(run, batch)
      done += batch.length
      options.output.progress(done, articles.length)
    } catch (error) {
      failures.push(error)
    }
  }
  // Several batches at once, as the desk mostly waits for its stores. It accepts a translation only if it has the
  // original, and a note only if it has the stories.
  const waves = Object.groupBy(articles, ({ article: { kind, front } }) =>
    kinds[kind].isNote ? "notes" : front.translationOf ? "translations" : "originals",
  )
  for (const wave of [waves.originals, waves.translations, waves.notes])
    await Readable.from(cutBatches(wave ?? [])).forEach(send, { concurrency: 3 })
  record.save(options.output.warn)
  if (failures.length > 0) throw failures[0]
}

/** Cuts a batch when it is about to be sent, so that the desk does not wait until the last one is measured. */
function* cutBatches(articles: readonly ReadyArticle[]): Generator<ReadyArticle[]> {
  let batch: ReadyArticle[] = []
  let bytes = 0
  for (const one of articles) {
    // The size as sent: JSON writes a control character as six bytes.
    const size = Buffer.byteLength(JSON.stringify(one.source))
    if (batch.length === articlesARequest || (batch.length > 0 && bytes + size > bytesARequest)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(one)
    bytes += size
  }
  if (batch.length > 0) yield batch
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
        // Every chosen article is based on the newest revision, or overwrites it.
        base: heads.get(article.path)?.revision ?? 0,
        source,
        media,
        digest,
      })),
    },
  })
  if (response.status === 422) {
    outcome.problems.push(...(await response.json()).problems)
    return
  }
  const answer = await expectAnswer(response, "published")
  const sent = new Map(batch.map((one) => [one.article.path, one]))
  for (const one of answer.published) {
    const { digest = "", seen } = sent.get(one.path) ?? {}
    record.set(one.path, { revision: one.revision, digest, seen })
    outcome.published.push({ ...one, liveMs: null })
  }
  outcome.unchanged.push(...answer.unchanged)
  outcome.conflicts.push(...answer.conflicts)
}

/** Sends the pictures that the desk lacks, with their smaller files. */
export async function sendPictures(
  { desk, root }: Pick<Run, "desk" | "root">,
  batch: readonly ReadyArticle[],
  warn: Report,
): Promise<void> {
  const files = new Map<string, { path: string; upload: PictureFile }>()
  for (const { media, pictures } of batch)
    for (const [src, { path }] of pictures) {
      const upload = media[src]
      if (upload !== undefined) files.set(upload.sha256, { path, upload })
    }
  if (files.size === 0) return
  const json = { hashes: [...files.keys()], version: variantsVersion }
  const { missing, unsized = [] } = await expectAnswer(desk.media.missing.$post({ json }))
  const { readCleanBytes } = await import("./clean-pictures.ts")
  const find = (hashes: readonly string[]) => hashes.flatMap((hash) => files.get(hash) ?? [])
  for (const { path, upload } of find(missing)) await sendPicture(desk, upload, await readCleanBytes(path, upload))
  if (unsized.length === 0) return
  // Sent before the articles, so that no reader gets a picture larger than needed.
  const masters = find(unsized).map(({ path, upload }) => ({ ...upload, bytes: () => readCleanBytes(path, upload) }))
  await (await import("./variants.ts")).sendVariants({ desk, root }, masters, warn)
}

/** How long after a publish a reader may still get the old page, in milliseconds (docs/operations.md). */
const patience = 15_000
/** Each request renders a page, so in a larger run only a sample is requested, spread evenly. */
const mostAsked = 100
const sampleSize = 25

/** Requests the published articles as a reader would and fills in `liveMs`. Skips those not readable now. */
export async function awaitReceipts(
  { url }: Target,
  origin: string,
  published: readonly Published[],
  articles: readonly FolderArticle[],
  report: Report,
): Promise<void> {
  const byPath = new Map(articles.map(({ article }) => [article.path, article]))
  const now = Date.now()
  const readable = published.filter(({ path }) => {
    const { kind = "article", publishedAt = null, expiresAt = null } = byPath.get(path) ?? {}
    return !kinds[kind].isNote && (publishedAt ?? 0) <= now && (expiresAt ?? Number.POSITIVE_INFINITY) > now
  })
  const step = readable.length > mostAsked ? readable.length / sampleSize : 1
  const asked = readable.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
  // Requests to a local site go to `url`, those to any other site to its own origin.
  const base = isLocal(url) ? url : origin
  const since = performance.now()
  const ask = async (one: Published) => {
    one.liveMs = await askUntilLive(base, one, since)
  }
  await Readable.from(asked).forEach(ask, { concurrency: 8 })
  if (asked.length < readable.length)
    report(`All ${readable.length} articles are published. Checked how soon readers got ${asked.length} of them`)
  for (const { url, revision, liveMs } of asked)
    if (liveMs === null)
      report(`${url}: revision ${revision} is published, but the site was still not serving it after 15 s`)
}

/** @param since on the monotonic clock, because the system clock may be changed meanwhile */
async function askUntilLive(base: string, one: Published, since: number): Promise<number | null> {
  const signal = AbortSignal.timeout(patience)
  const elapsed = () => Math.round(performance.now() - since)
  for (let wait = 25; elapsed() < patience; wait = Math.min(wait * 2, 1000)) {
    const response = await fetch(base + one.path, { method: "HEAD", redirect: "manual", signal }).catch(() => null)
    if (Number(response?.headers.get("Dateline-Revision")) >= one.revision) return elapsed()
    await pause(wait)
  }
  return null
}
