// Publishes what differs from the site. Safe to interrupt and re-run.
import config from "../../dateline.config.ts"
import { parseContent, webPath } from "../article/kinds.ts"
import { mostMoved } from "../desk/schema.ts"
import { type BaseRecord, digestFiles, type FileDigest, openBaseRecord, recallBase } from "./base-record.ts"
import {
  type DeskClient,
  expectAnswer,
  fetchHeads,
  fetchRevisions,
  fetchSite,
  flushAfter,
  type Head,
  openDesk,
} from "./desk-client.ts"
import { listFiles, openFolder, pathOf, type Seen, selectFiles } from "./folder.ts"
import { explainBehind, type PublishOutcome } from "./output.ts"
import type { FolderArticle } from "./read-articles.ts"
import { articlesARequest, awaitReceipts, type SendOptions, sendArticles } from "./send-articles.ts"

export interface PublishOptions extends SendOptions {
  readonly content: string
  /** Files or folders in the content folder; all if there are none. */
  readonly paths?: readonly string[] | undefined
  readonly dryRun?: boolean
  /** Called when the texts are live, with a function that draws missing social cards. Without it, none are drawn. */
  readonly cards?: (draw: () => Promise<void>) => Promise<void> | void
  /** Called with the number of social cards drawn so far, and the total. */
  readonly cardProgress?: (done: number, all: number) => void
}

/** Publishes what differs from the site. If there is any problem, nothing is sent. @throws CLIError */
export async function publishFolder(options: PublishOptions): Promise<PublishOutcome> {
  const { report = () => undefined } = options
  const outcome: PublishOutcome = { published: [], unchanged: [], drafts: [], conflicts: [], problems: [] }
  const root = openFolder(options.content)
  const desk = openDesk(options)
  const folder = await compareFolder(root, desk, options)
  const { site, heads, record, same } = folder
  const articles = await readChanged(folder, outcome)
  if (outcome.problems.length > 0) return outcome
  for (const { path, seen } of same) keepBase(record, path, heads.get(path), seen, outcome)
  const { chosen, absent } = await chooseArticles(articles, folder, options, outcome)
  const ready = chosen.length === 0 ? [] : await readyPictures(root, chosen, outcome)
  if (outcome.problems.length > 0) return outcome
  if (outcome.conflicts.length > 0 && (await import("./git-base.ts")).isShallow(root))
    report("This clone lacks older commits, which may cause conflicts. Fetch them with `git fetch --unshallow`")
  outcome.conflicts.push(...(await explainAbsences(desk, absent)))
  if (options.dryRun) {
    for (const { path } of chosen.map(({ article }) => article)) {
      const revision = (heads.get(path)?.revision ?? 0) + 1
      outcome.published.push({ path, url: site.origin + webPath(path, config), revision, liveMs: null })
    }
    return outcome
  }
  record.save()
  // Even if there is nothing to send: an earlier run may have been interrupted before its purges.
  await flushAfter(desk, report, async () => {
    if (site.unclean) await (await import("./clean-pictures.ts")).replaceDirtyPictures(desk, options, report)
    await sendArticles({ desk, root, heads, record, options, outcome }, ready)
  })
  await awaitReceipts(options, site.origin, outcome.published, articles, report)
  if (site.unsized) await (await import("./variants.ts")).sizePublished({ desk, root, target: options }, report)
  await options.cards?.(async () => {
    const { drawMissingCards } = await import("./cards.ts")
    const shown = [...articles, ...same.flatMap((one) => recallTitle(one, heads) ?? [])]
    shown.sort((a, b) => (a.article.path < b.article.path ? -1 : 1))
    return drawMissingCards(desk, shown, heads, outcome.published, options)
  })
  return outcome
}

type Folder = Awaited<ReturnType<typeof compareFolder>>

/** Compares the folder with the site. Files identical to the site's were checked before and are not parsed again. */
async function compareFolder(root: string, desk: DeskClient, { paths = [], report }: PublishOptions) {
  // The desk answers while the folder is listed. A wrong path is reported before a failing desk.
  const asked = Promise.all([fetchSite(desk), fetchHeads(desk)])
  asked.catch(() => undefined)
  const all = listFiles(root, paths.length === 0 ? report : undefined)
  const files = selectFiles(root, all, paths)
  const [site, heads] = await asked
  const record = openBaseRecord(root, site.id)
  const onSite = files.filter((file) => heads.has(pathOf(file)))
  const digests = await digestFiles(root, onSite, record)
  const same = [...digests.values()].filter(({ path, digest }) => {
    const head = heads.get(path)
    return head?.digest === digest && head.status !== "gone"
  })
  const unchanged = new Set(same.map(({ file }) => file))
  const changed = files.filter((file) => !unchanged.has(file))
  const sent = new Set(changed)
  return { root, desk, site, heads, record, same, changed, others: all.filter((file) => !sent.has(file)) }
}

/** Reads and checks what changed. The parser is loaded only if something did: that takes as long as everything else. */
async function readChanged(
  { root, changed, heads, others }: Folder,
  outcome: PublishOutcome,
): Promise<FolderArticle[]> {
  if (changed.length === 0) return []
  const { readArticles } = await import("./read-articles.ts")
  const { articles, problems } = await readArticles(root, changed, config, true)
  const coming = articles.map(({ article }) => article)
  const { checkTogether } = await import("./check-together.ts")
  problems.push(...(await checkTogether(coming, { root, heads, others })))
  // The desk renders too. Rendering here covers dry runs and avoids partial publishes, but is slow for many articles.
  if (articles.length <= articlesARequest) {
    const { tryArticle } = await import("../render/try-article.ts")
    const tried = await Promise.all(coming.map((article) => tryArticle(article, config)))
    problems.push(...tried.flatMap(({ problem }) => problem ?? []))
  }
  const { sortProblems } = await import("../article/mistakes.ts")
  outcome.problems.push(...sortProblems(problems))
  return articles
}

async function readyPictures(root: string, chosen: readonly FolderArticle[], outcome: PublishOutcome) {
  const { ready, problems } = await (await import("./read-articles.ts")).readyPictures(root, chosen)
  outcome.problems.push(...problems)
  return ready
}

/** Asks the site what happened to articles that are no longer at these addresses. */
async function explainAbsences(desk: DeskClient, paths: readonly string[]): Promise<PublishOutcome["conflicts"]> {
  const conflicts: PublishOutcome["conflicts"] = []
  for (let at = 0; at < paths.length; at += mostMoved) {
    const response = await desk.moved.$post({ json: { paths: paths.slice(at, at + mostMoved) } })
    conflicts.push(...(await expectAnswer(response)).moved)
  }
  return conflicts
}

/** Records that the file is identical to the site's revision, and so is based on it. */
function keepBase(
  record: BaseRecord,
  path: string,
  head: Head | undefined,
  seen: Seen | null,
  outcome: PublishOutcome,
): void {
  outcome.unchanged.push(path)
  if (head !== undefined) record.set(path, { revision: head.revision, digest: head.digest, ...(seen && { seen }) })
}

/** The parts of an unchanged article that its card shows; null if there is no address for one. */
function recallTitle({ path, digest }: FileDigest, heads: ReadonlyMap<string, Head>) {
  const { address } = parseContent(path, config)
  return address && { digest, article: { ...address, front: { title: heads.get(path)?.title ?? "" } } }
}

/** The revision that an article's file is based on, from the record or else its Git history (git-base.ts). 0: none. */
export async function findBaseOf(
  { file, digest, article: { path } }: FolderArticle,
  head: Head | undefined,
  { root, desk, record }: Pick<Folder, "root" | "desk" | "record">,
): Promise<number | "behind"> {
  const recorded = recallBase(record, path, head)
  if (recorded !== undefined || head === undefined || head.status === "gone") return recorded ?? 0
  const { findGitBase } = await import("./git-base.ts")
  return (await findGitBase(root, file, digest, await fetchRevisions(desk, path))) ?? 0
}

async function chooseArticles(
  articles: readonly FolderArticle[],
  folder: Folder,
  { force = false, report = () => undefined }: PublishOptions,
  outcome: PublishOutcome,
): Promise<{ chosen: FolderArticle[]; absent: string[] }> {
  const { heads, record } = folder
  const chosen: FolderArticle[] = []
  const absent: string[] = []
  for (const one of articles) {
    const { path, front } = one.article
    const head = heads.get(path)
    if (front.status === "draft") {
      outcome.drafts.push(path)
      continue
    }
    if (head?.digest === one.digest && (head.status !== "gone" || !force)) {
      keepBase(record, path, head, one.seen, outcome)
      continue
    }
    const revision = force ? (recallBase(record, path, head) ?? 0) : await findBaseOf(one, head, folder)
    if (revision === "behind") {
      outcome.unchanged.push(path)
      if (head !== undefined) report(explainBehind(head))
    } else if (force || (head?.revision ?? 0) === revision) {
      // Saved before anything is sent, so that the next run recognises what an interrupted one published.
      record.set(path, { revision, digest: "", pending: one.digest })
      chosen.push(one)
    } else if (head === undefined) absent.push(path)
    else outcome.conflicts.push({ path, revision: head.revision, who: head.who, when: head.when })
  }
  return { chosen, absent }
}
