// A publish: what changed since the last one, and only that; it can be cut anywhere and run again.
import { checkArticles } from "../article/check.ts"
import type { Problem } from "../article/problem.ts"
import { parseAddress } from "../site/addresses.ts"
import { config } from "../site/config.ts"
import { type BaseRecord, openBaseRecord } from "./base-record.ts"
import { drawOwedCards } from "./cards.ts"
import { expectAnswer, fetchHeads, fetchSite, type Head, openDesk } from "./desk-client.ts"
import { digestFiles, type FileDigest, type FolderArticle, listFiles, openFolder, readArticles } from "./folder.ts"
import { selectFiles } from "./paths.ts"
import { awaitReceipts } from "./receipts.ts"
import { type SendOptions, sendArticles } from "./send-articles.ts"
import type { PublishOutcome } from "./shapes.ts"

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
  const files = selectFiles(root, listFiles(root), options.paths)
  const desk = openDesk(options)
  const [site, heads, digests] = await Promise.all([fetchSite(desk), fetchHeads(desk), digestFiles(root, files)])
  // What the site has byte for byte was checked when it was published, and is not parsed again.
  const { same = [], others = [] } = Object.groupBy(digests, ({ path, digest }) => {
    const head = heads.get(path)
    return head !== undefined && head.status !== "gone" && head.digest === digest ? "same" : "others"
  })
  const changed = others.map(({ file }) => file)
  const { articles, problems } = readArticles(root, changed, config)
  const outcome: PublishOutcome = { published: [], unchanged: [], conflicts: [], problems }
  if (problems.length > 0) return outcome
  outcome.problems = checkTogether(root, articles, same, heads)
  if (outcome.problems.length > 0) return outcome
  const record = openBaseRecord(root, site.id)
  for (const { path } of same) keepBase(record, path, heads.get(path), outcome)
  const chosen = chooseArticles(articles, heads, record, options.force ?? false, outcome)
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
  if (chosen.length > 0) await sendArticles({ desk, heads, record, options, outcome }, chosen)
  else {
    record.save()
    // An earlier run may have been cut before its purge: pay what is owed.
    if (options.paths === undefined) await expectAnswer(await desk.purges.$post())
  }
  const { asked, readable, late } = await awaitReceipts(options.url, site.origin, outcome.published, articles)
  if (asked < readable)
    options.report?.(`asked for ${asked} of the ${readable} articles as a reader: the others' receipts name no time`)
  for (const { url, revision } of late)
    options.report?.(`${url}: revision ${revision} is published, but readers were not given it within 15 s`)
  await options.cards?.(() => {
    const shown = [...articles, ...same.map((one) => recallTitle(one, heads))]
    shown.sort((a, b) => (a.article.path < b.article.path ? -1 : 1))
    return drawOwedCards(desk, shown, heads, outcome.published, options)
  })
  return outcome
}

/** Mistakes between articles. Of files that the site has as they are, those are parsed that a changed one may clash with. */
function checkTogether(
  root: string,
  articles: readonly FolderArticle[],
  same: readonly FileDigest[],
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
function recallTitle({ path, digest }: FileDigest, heads: ReadonlyMap<string, Head>) {
  const address = parseAddress(path, config)
  if (address?.kind !== "article") throw new Error(`${path} is no article's address`)
  return { digest, article: { ...address, front: { title: heads.get(path)?.title ?? "" } } }
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
