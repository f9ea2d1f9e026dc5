// Publishes what differs from the site. Safe to interrupt and re-run.
import config from "../../dateline.config.ts"
import type { Article } from "../article/article.ts"
import { mostMoved } from "../desk/schema.ts"
import { parseAddress } from "../site/addresses.ts"
import type { Problem } from "../site/problem.ts"
import { type BaseRecord, digestFiles, type FileDigest, openBaseRecord, recallBase } from "./base-record.ts"
import { type DeskClient, expectAnswer, fetchHeads, fetchSite, flushAfter, type Head, openDesk } from "./desk-client.ts"
import { listFiles, openFolder, pathOf, type Seen, selectFiles } from "./folder.ts"
import type { PublishOutcome } from "./output.ts"
import type { FolderArticle } from "./read-articles.ts"
import { articlesARequest, awaitReceipts, type SendOptions, sendArticles } from "./send-articles.ts"

export interface PublishOptions extends SendOptions {
  readonly content: string
  /** Files or folders below the content folder; none: all. */
  readonly paths?: readonly string[] | undefined
  readonly dryRun?: boolean
  /** Called with the drawing of the social cards that are owed, when the texts are live. Without: none is drawn. */
  readonly cards?: (draw: () => Promise<void>) => Promise<void> | void
  /** Called with what an editor should know meanwhile: a line. */
  readonly report?: (line: string) => void
  /** Called with how many of how many social cards are drawn. */
  readonly cardProgress?: (done: number, all: number) => void
}

/** Publishes what differs from the site. With any problem nothing is sent. @throws CLIError */
export async function publishFolder(options: PublishOptions): Promise<PublishOutcome> {
  const root = openFolder(options.content)
  const desk = openDesk(options)
  const { site, heads, record, same, changed, left } = await compareFolder(root, desk, options.paths)
  const { articles, problems } = changed.length === 0 ? none : await readChanged(root, changed)
  const outcome: PublishOutcome = { published: [], unchanged: [], conflicts: [], problems }
  if (problems.length > 0) return outcome
  if (articles.length > 0) {
    const { checkTogether } = await import("./check-together.ts")
    const coming = articles.map(({ article }) => article)
    outcome.problems = [
      ...(await checkTogether(coming, { root, heads, others: [...same.map(({ file }) => file), ...left] })),
      ...(await findUnrenderable(coming)),
    ]
  }
  if (outcome.problems.length > 0) return outcome
  for (const { path, seen } of same) keepBase(record, path, heads.get(path), seen, outcome)
  const { chosen, absent } = chooseArticles(articles, heads, record, options.force ?? false, outcome)
  const { ready, problems: damaged } = await readyPictures(root, chosen)
  outcome.problems = damaged
  if (damaged.length > 0) return outcome
  outcome.conflicts.push(...(await askAbsences(desk, absent)))
  if (options.dryRun) {
    for (const { article } of chosen)
      outcome.published.push({
        path: article.path,
        url: site.origin + article.path,
        revision: (heads.get(article.path)?.revision ?? 0) + 1,
        liveMs: null,
      })
    return outcome
  }
  const report = options.report ?? (() => undefined)
  // Without anything to send, too: an earlier run may have been interrupted before its purges.
  await flushAfter(desk, report, async () => {
    if (site.unclean) await (await import("./replace-pictures.ts")).replaceDirtyPictures(desk, options, report)
    if (ready.length > 0) await sendArticles({ desk, heads, record, options, outcome }, ready)
    else record.save()
  })
  const { asked, readable, late } = await awaitReceipts(options.url, site.origin, outcome.published, articles)
  if (asked < readable)
    options.report?.(
      `Requested ${asked} of the ${readable} articles as a reader; the others have no time in their receipts`,
    )
  for (const { url, revision } of late)
    options.report?.(`${url}: revision ${revision} is published, but readers did not get it within 15 s`)
  await options.cards?.(async () => {
    const { drawOwedCards } = await import("./cards.ts")
    const shown = [...articles, ...same.map((one) => recallTitle(one, heads))]
    shown.sort((a, b) => (a.article.path < b.article.path ? -1 : 1))
    return drawOwedCards(desk, shown, heads, outcome.published, options)
  })
  return outcome
}

/** What the folder has, beside what the site has: what it has byte for byte was checked then, and is not read again. */
async function compareFolder(root: string, desk: DeskClient, paths: readonly string[] | undefined) {
  // Asked before the folder is looked through: the desk reads its catalogue meanwhile.
  const siteAsked = fetchSite(desk)
  const headsAsked = fetchHeads(desk)
  // What is wrong with the paths is told before what is wrong with the desk.
  for (const asked of [siteAsked, headsAsked]) asked.catch(() => undefined)
  const all = listFiles(root)
  const files = selectFiles(root, all, paths)
  const site = await siteAsked
  const record = openBaseRecord(root, site.id)
  const heads = await headsAsked
  const onSite = files.filter((file) => heads.has(pathOf(file)))
  const digests = await digestFiles(root, onSite, record)
  const same: FileDigest[] = []
  const changed: string[] = []
  for (const file of files) {
    const found = digests.get(file)
    const head = heads.get(pathOf(file))
    if (found !== undefined && head?.digest === found.digest && head.status !== "gone") same.push(found)
    else changed.push(file)
  }
  const chosen = new Set(files)
  return { site, heads, record, same, changed, left: all.filter((file) => !chosen.has(file)) }
}

const none = { articles: [], problems: [] }

/** Nor are the libraries for pictures where no picture is sent. */
async function readyPictures(root: string, articles: readonly FolderArticle[]) {
  if (articles.length === 0) return { ready: [], problems: [] }
  return (await import("./read-articles.ts")).readyPictures(root, articles)
}

/** The parser is not read where nothing changed: it takes as long as everything else then. */
async function readChanged(root: string, files: readonly string[]) {
  const { readArticles } = await import("./read-articles.ts")
  return readArticles(root, files, config)
}

/** The desk looks too: this is for what a dry run says, and that nothing is sent. More than one request takes too long here. */
async function findUnrenderable(articles: readonly Article[]): Promise<Problem[]> {
  if (articles.length > articlesARequest) return []
  const { explainUnrenderable } = await import("../render/renderable.ts")
  const found = await Promise.all(articles.map((article) => explainUnrenderable(article, config)))
  return found.filter((problem) => problem !== null)
}

/** Asks the site what became of articles that it no longer has at these addresses. */
async function askAbsences(desk: DeskClient, paths: readonly string[]): Promise<PublishOutcome["conflicts"]> {
  const conflicts: PublishOutcome["conflicts"] = []
  for (let at = 0; at < paths.length; at += mostMoved) {
    const response = await desk.moved.$post({ json: { paths: paths.slice(at, at + mostMoved) } })
    conflicts.push(...(await expectAnswer(response)).moved)
  }
  return conflicts
}

/** What the site has as the folder has it: the revision that it was derived from is that one. */
function keepBase(
  record: BaseRecord,
  path: string,
  head: Head | undefined,
  seen: Seen | null,
  outcome: PublishOutcome,
): void {
  outcome.unchanged.push(path)
  if (head === undefined) return
  const { revision, digest } = head
  const base = record.get(path)
  if (base?.revision !== revision || base.digest !== digest || (seen !== null && seen !== base.seen))
    record.set(path, { revision, digest, ...(seen && { seen }) })
}

/** As much of an article as its card shows. */
function recallTitle({ path, digest }: FileDigest, heads: ReadonlyMap<string, Head>) {
  const address = parseAddress(path, config)
  if (address?.kind !== "article") throw new Error(`${path} is not the address of an article`)
  return { digest, article: { ...address, front: { title: heads.get(path)?.title ?? "" } } }
}

function chooseArticles(
  articles: readonly FolderArticle[],
  heads: ReadonlyMap<string, Head>,
  record: BaseRecord,
  force: boolean,
  outcome: PublishOutcome,
): { chosen: FolderArticle[]; absent: string[] } {
  const chosen: FolderArticle[] = []
  const absent: string[] = []
  for (const one of articles) {
    const { path, front } = one.article
    const head = heads.get(path)
    if (front.status === "draft") continue
    if (head !== undefined && head.digest === one.digest && (head.status !== "gone" || !force)) {
      keepBase(record, path, head, one.seen, outcome)
      continue
    }
    const from = recallBase(record, path, head) ?? 0
    // An interrupted run published it.
    if (head !== undefined && from !== (record.get(path)?.revision ?? 0))
      record.set(path, { revision: head.revision, digest: head.digest })
    if (force || (head?.revision ?? 0) === from) chosen.push(one)
    else if (head === undefined) absent.push(path)
    else outcome.conflicts.push({ path, revision: head.revision, who: head.who, when: head.when })
  }
  return { chosen, absent }
}
