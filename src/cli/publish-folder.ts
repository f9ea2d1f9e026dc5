// Publishes what differs from the site. Safe to interrupt and re-run.
import config from "../../dateline.config.ts"
import { webPath } from "../article/kinds.ts"
import { digestFile, openBaseRecord } from "./base-record.ts"
import { listFiles, openFolder, pathOf, selectFiles } from "./content-folder.ts"
import { fetchHeads, fetchSite, flushAfter, openDesk } from "./desk-client.ts"
import type { PublishOutcome } from "./output.ts"
import { awaitReceipts, type RunOutput, type SendOptions, sendArticles } from "./send-articles.ts"

export interface PublishOptions extends Omit<SendOptions, "output"> {
  readonly content: string
  /** Files or folders in the content folder (default: all). */
  readonly paths?: readonly string[]
  /** The folder's files, if the caller has just listed them. */
  readonly listed?: readonly string[]
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
  const folder = await compareFolder(options)
  const { root, desk, site, heads, record, unchanged, changed } = folder
  const outcome: PublishOutcome = { published: [], unchanged: [], drafts: [], conflicts: [], problems: [] }
  // The parser, which is slow to load, is loaded only if something changed.
  const load = () => import("./prepare-publish.ts")
  const ready = changed.length === 0 ? [] : await (await load()).prepareChanged(folder, options, outcome)
  if (outcome.problems.length > 0) return outcome
  outcome.unchanged.unshift(...unchanged)
  const live = outcome.unchanged.flatMap((path) => heads.get(path) ?? []).filter(({ status }) => status !== "gone")
  if (options.dryRun) {
    for (const { path } of ready.map(({ article }) => article)) {
      const revision = (heads.get(path)?.revision ?? 0) + 1
      outcome.published.push({ path, url: site.origin + webPath(path, config), revision, liveMs: null })
    }
    return outcome
  }
  record.save(warn)
  // Flushes purges even if there is nothing to send: an earlier run may have been interrupted before it did.
  await flushAfter(desk, warn, async () => {
    if (site.unclean) await (await import("./clean-pictures.ts")).replaceDirtyPictures(desk, options, warn)
    await sendArticles({ ...folder, options, outcome }, ready)
  })
  await awaitReceipts(options, site.origin, outcome.published, ready, warn)
  if (site.unsized) await (await import("./variants.ts")).sizePublished({ desk, root }, options, warn)
  await options.cards?.(async () => {
    const { drawMissingCards } = await import("./cards.ts")
    const titles = new Map(ready.map(({ article }) => [article.path, article.front.title]))
    const fresh = outcome.published.map(({ path, revision }) => {
      return { path, revision, title: titles.get(path) ?? "", card: heads.get(path)?.card ?? null }
    })
    const shown = [...live, ...fresh].sort((a, b) => (a.path < b.path ? -1 : 1))
    return drawMissingCards(desk, shown, output)
  })
  return outcome
}

export type Folder = Awaited<ReturnType<typeof compareFolder>>

/**
 * Compares the folder with the site. Files identical to the site's were checked before and are not parsed again.
 * @returns the paths of unchanged articles, and the names of files that changed
 */
export async function compareFolder({ paths = [], listed, output, ...target }: PublishOptions) {
  const root = openFolder(target.content)
  const all = listed ?? listFiles(root, (line) => paths.length === 0 && output?.warn(line))
  const files = selectFiles(root, all, paths)
  const desk = openDesk(target)
  const [site, heads] = await Promise.all([fetchSite(desk), fetchHeads(desk)])
  const record = openBaseRecord(root, site.id)
  const unchanged: string[] = []
  const changed: string[] = []
  for (const file of files) {
    const head = heads.get(pathOf(file))
    const found = head === undefined ? null : digestFile(root, file, record)
    if (head !== undefined && head.status !== "gone" && found?.digest === head.digest) {
      const { path, revision, digest } = head
      record.set(path, { revision, digest, seen: found.seen })
      unchanged.push(path)
    } else changed.push(file)
  }
  return { root, all, desk, site, heads, record, unchanged, changed }
}
