// Publishes what differs from the site. Safe to interrupt and re-run.
import { existsSync } from "node:fs"
import { join } from "node:path"
import config from "../../dateline.config.ts"
import { webPath } from "../article/kinds.ts"
import { mostMoved } from "../desk/schema.ts"
import { type BaseRecord, digestFile, openBaseRecord, recallBase } from "./base-record.ts"
import {
  type DeskClient,
  expectAnswer,
  fetchHeads,
  fetchRevisions,
  fetchSite,
  flushAfter,
  type Head,
  openDesk,
  type Revision,
} from "./desk-client.ts"
import { fileOf, listFiles, openFolder, pathOf, type Seen, selectFiles } from "./folder.ts"
import { explainBehind, explainConflict, type PublishOutcome } from "./output.ts"
import type { FolderArticle } from "./read-articles.ts"
import { articlesARequest, awaitReceipts, type RunOutput, type SendOptions, sendArticles } from "./send-articles.ts"

export interface PublishOptions extends Omit<SendOptions, "output"> {
  readonly content: string
  /** Files or folders in the content folder (default: all). */
  readonly paths?: readonly string[]
  readonly dryRun?: boolean
  /** By default, the run prints nothing. */
  readonly output?: RunOutput
  /** Called when the texts are live, with a function that draws missing social cards. Without it, none are drawn. */
  readonly cards?: (draw: () => Promise<void>) => Promise<void> | void
}

const unseen: RunOutput = { warn: () => undefined, progress: () => undefined }

/** Publishes what differs from the site. If there is any problem, nothing is sent. @throws CLIError */
export async function publishFolder({ output = unseen, ...given }: PublishOptions): Promise<PublishOutcome> {
  const options = { ...given, output }
  const { warn } = output
  const outcome: PublishOutcome = { published: [], unchanged: [], drafts: [], conflicts: [], problems: [] }
  const folder = await compareFolder(options)
  const { root, desk, site, heads, record, same } = folder
  const articles = await readChanged(folder, outcome)
  if (outcome.problems.length > 0) return outcome
  for (const one of same) keepBase(record, one.seen, one.head, outcome)
  const { chosen, absent } = await chooseArticles(articles, folder, options, outcome)
  const ready = chosen.length === 0 ? [] : await readyPictures(root, chosen, outcome)
  if (outcome.problems.length > 0) return outcome
  // These checks are slow, so a large publish skips them, as it skips rendering in `readChanged`.
  if (chosen.length > 0 && chosen.length <= articlesARequest)
    (await import("./check-together.ts")).warnOfLosses(
      chosen.map(({ article }) => article),
      warn,
    )
  const gap = outcome.conflicts.length > 0 ? (await import("./git-base.ts")).explainHistory(root) : null
  if (gap !== null) warn(gap)
  outcome.conflicts.push(...(await explainAbsences(desk, absent)))
  const live = outcome.unchanged.flatMap((path) => heads.get(path) ?? []).filter(({ status }) => status !== "gone")
  if (options.dryRun) {
    for (const { path } of chosen.map(({ article }) => article)) {
      const revision = (heads.get(path)?.revision ?? 0) + 1
      outcome.published.push({ path, url: site.origin + webPath(path, config), revision, liveMs: null })
    }
    return outcome
  }
  record.save(warn)
  // Flushes purges even if there is nothing to send: an earlier run may have been interrupted before it did.
  await flushAfter(desk, warn, async () => {
    if (site.unclean) await (await import("./clean-pictures.ts")).replaceDirtyPictures(desk, options, warn)
    await sendArticles({ desk, root, heads, record, options, outcome }, ready)
  })
  await awaitReceipts(options, site.origin, outcome.published, articles, warn)
  if (site.unsized) await (await import("./variants.ts")).sizePublished({ desk, root }, options, warn)
  await options.cards?.(async () => {
    const { drawMissingCards } = await import("./cards.ts")
    const titles = new Map(articles.map(({ article }) => [article.path, article.front.title]))
    const fresh = outcome.published.map(({ path, revision }) => {
      return { path, revision, title: titles.get(path) ?? "", card: heads.get(path)?.card ?? null }
    })
    const shown = [...live, ...fresh].sort((a, b) => (a.path < b.path ? -1 : 1))
    return drawMissingCards(desk, shown, output)
  })
  return outcome
}

export type Folder = Awaited<ReturnType<typeof compareFolder>>

/** Compares the folder with the site. Files identical to the site's were checked before and are not parsed again. */
async function compareFolder({ paths = [], output, ...target }: PublishOptions) {
  const root = openFolder(target.content)
  const all = listFiles(root, paths.length === 0 ? output?.warn : undefined)
  const files = selectFiles(root, all, paths)
  const desk = openDesk(target)
  const [site, heads] = await Promise.all([fetchSite(desk), fetchHeads(desk)])
  const record = openBaseRecord(root, site.id)
  const same: { seen: Seen | null; head: Head }[] = []
  const changed: string[] = []
  for (const file of files) {
    const head = heads.get(pathOf(file))
    const found = head === undefined ? null : digestFile(root, file, record)
    if (found !== null && found.digest === head?.digest && head.status !== "gone") same.push({ seen: found.seen, head })
    else changed.push(file)
  }
  const sent = new Set(changed)
  return { root, desk, site, heads, record, same, changed, others: all.filter((file) => !sent.has(file)) }
}

/** Reads and checks what changed. The parser, which is slow to load, is loaded only if something did. */
async function readChanged({ root, changed, heads, others }: Folder, outcome: PublishOutcome) {
  if (changed.length === 0) return []
  const { readArticles } = await import("./read-articles.ts")
  const { checkTogether } = await import("./check-together.ts")
  const { articles, problems } = await readArticles(root, changed, true)
  const coming = articles.map(({ article }) => article)
  problems.push(...checkTogether(coming, { root, heads, others }))
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
function keepBase(record: BaseRecord, seen: Seen | null, head: Head, outcome: PublishOutcome): void {
  const { path, revision, digest } = head
  outcome.unchanged.push(path)
  record.set(path, { revision, digest, ...(seen && { seen }) })
}

/** How a file can differ from the site. `behind`: the file is unchanged, and the site has a newer text. */
export const states = ["new", "changed", "conflict", "behind", "same", "draft", "unpublished"] as const

/** Whether the site has the file's text, apart from line endings. */
async function isText({ digest, source, pictures }: FolderArticle, head: Head): Promise<boolean> {
  if (digest === head.digest) return true
  const { matchDigest, originalsOf } = await import("./read-articles.ts")
  return matchDigest(source, originalsOf(pictures), [head]) === head.digest
}

/** The live revision, if it only moved the text on which the file was based, and the file was moved too. */
function followMove(root: string, record: BaseRecord, [live]: readonly Revision[]): number | undefined {
  const from = live?.action === "move" ? live.message.split(" → ")[0] : undefined
  if (live === undefined || from === undefined || existsSync(join(root, fileOf(from)))) return undefined
  return record.get(from)?.revision === live.revision - 1 ? live.revision : undefined
}

/** How an article in the folder differs from the site's. `force`: treat it as based on the live revision. */
export async function compareArticle(
  one: FolderArticle,
  { root, desk, heads, record }: Pick<Folder, "root" | "desk" | "heads" | "record">,
  force = false,
): Promise<(typeof states)[number]> {
  const { path, front } = one.article
  const head = heads.get(path)
  if (front.status === "draft") return "draft"
  if (head !== undefined && (await isText(one, head))) return head.status === "gone" ? "unpublished" : "same"
  let base: number | "behind" | undefined = force ? head?.revision : recallBase(record, path, head)
  if (base === undefined && head !== undefined && head.status !== "gone") {
    const revisions = await fetchRevisions(desk, path)
    // Without a record, the file's Git history says what it is based on.
    base =
      followMove(root, record, revisions) ?? (await (await import("./git-base.ts")).findGitBase(root, one, revisions))
  }
  if (base === "behind") return base
  if ((base ?? 0) !== (head?.revision ?? 0)) return "conflict"
  return head === undefined ? "new" : "changed"
}

async function chooseArticles(
  articles: readonly FolderArticle[],
  folder: Folder,
  { force = false, output }: SendOptions,
  outcome: PublishOutcome,
): Promise<{ chosen: FolderArticle[]; absent: string[] }> {
  const { heads, record } = folder
  const chosen: FolderArticle[] = []
  const absent: string[] = []
  for (const one of articles) {
    const { path } = one.article
    const head = heads.get(path)
    const state = await compareArticle(one, folder, force)
    if (state === "draft") outcome.drafts.push(path)
    else if (head !== undefined && state === "same") keepBase(record, one.seen, head, outcome)
    else if (head !== undefined && (state === "behind" || (state === "unpublished" && !force))) {
      // The base stays as it was: a later edit must still conflict with what the other editor did.
      outcome.unchanged.push(path)
      output.warn(state === "behind" ? explainBehind(head) : `Skipped ${explainConflict({ ...head, gone: true })}`)
    } else if (state !== "conflict") {
      // Saved before anything is sent, so that the next run recognises what an interrupted one published.
      const revision = (force ? recallBase(record, path, head) : head?.revision) ?? 0
      record.set(path, { revision, digest: "", pending: one.digest })
      chosen.push(one)
    } else if (head === undefined) absent.push(path)
    else {
      const { revision, who, when, status } = head
      outcome.conflicts.push({ path, revision, who, when, ...(status === "gone" && { gone: true }) })
    }
  }
  return { chosen, absent }
}
