// Prepares changed files for publishing: checks them, alone and against the articles on the site, and finds out which
// of them to send. Loads the parser, which is slow.
import { existsSync } from "node:fs"
import { join } from "node:path"
import config from "../../dateline.config.ts"
import type { Article } from "../article/article.ts"
import { checkArticles } from "../article/check.ts"
import { checkText } from "../article/check-text.ts"
import { sortProblems, toProblems } from "../article/mistakes.ts"
import { parseArticle } from "../article/parse.ts"
import { findInFront } from "../article/read-front-matter.ts"
import { mostMoved } from "../desk/schema.ts"
import { isKept } from "../render/sanitize.ts"
import type { Problem } from "../site/problem.ts"
import { type BaseRecord, recallBase } from "./base-record.ts"
import type { ReadyArticle } from "./clean-pictures.ts"
import { fileOf, pathOf, readFile } from "./content-folder.ts"
import { type DeskClient, expectAnswer, fetchRevisions, type Head, type Revision } from "./desk-client.ts"
import { explainHistory, findGitBase } from "./git-base.ts"
import { explainBehind, explainConflict, type PublishOutcome, type Report } from "./output.ts"
import type { Folder } from "./publish-folder.ts"
import { type FolderArticle, matchDigest, originalsOf, readArticles, readyPictures } from "./read-articles.ts"
import { articlesARequest, type SendOptions } from "./send-articles.ts"

/** The changed articles to send. The others are added to the outcome, with the reason. */
export async function prepareChanged(
  folder: Folder,
  options: SendOptions,
  outcome: PublishOutcome,
): Promise<ReadyArticle[]> {
  const { root, changed } = folder
  const { articles, problems } = await readArticles(root, changed, true)
  const coming = articles.map(({ article }) => article)
  problems.push(...checkTogether(coming, folder))
  // The desk renders too. Rendering here covers dry runs and avoids partial publishes, but is slow for many articles.
  if (articles.length <= articlesARequest) {
    const { tryArticle } = await import("../render/try-article.ts")
    const tried = await Promise.all(coming.map((article) => tryArticle(article, config)))
    problems.push(...tried.flatMap(({ problem }) => problem ?? []))
  }
  outcome.problems.push(...sortProblems(problems))
  if (problems.length > 0) return []
  const chosen = await chooseArticles(articles, folder, options, outcome)
  const { ready, problems: damaged } = await readyPictures(root, chosen)
  outcome.problems.push(...damaged)
  // These checks are slow too.
  if (damaged.length === 0 && chosen.length <= articlesARequest) warnOfLosses(chosen, options.output.warn)
  return ready
}

/**
 * Clashes between articles, reported only for those about to be published: mistakes already on the site must not block
 * a publish. Other files are parsed only if one of these articles may clash with them.
 */
function checkTogether(coming: readonly Article[], folder: Folder): Problem[] {
  const { heads } = folder
  const isLive = (path: string) => (heads.get(path)?.status ?? "gone") !== "gone"
  const published = coming.filter(({ front }) => front.status === "published")
  const mayClash = published.some(
    ({ path, front }) => !isLive(path) || front.aliases.length > 0 || front.translationOf !== undefined,
  )
  const others = mayClash ? readOthers(folder, isLive) : []
  const known = new Set([...heads.keys()].filter(isLive))
  const files = new Set(coming.map(({ path }) => fileOf(path)))
  // Dead links and missing alt texts are for `check` to report: they must not hold back a correction.
  // The others come first, so that an alias that is already taken is reported for the new article.
  const problems = checkArticles([...others, ...coming], known, config, null).filter(({ file }) => files.has(file))
  return [
    ...problems,
    ...published.flatMap((article) => findClashes(article, others)),
    ...coming.flatMap((article) => refuseDraft(article, heads)),
  ]
}

/** Warns about articles with mistakes that do not prevent publishing. Dead links are left to `check`. */
function warnOfLosses(articles: readonly FolderArticle[], warn: Report): void {
  const files = articles.filter(({ article }) => checkText(article, isKept, config).length > 0).map(({ file }) => file)
  if (files.length > 0)
    warn(`Mistakes in ${files.join(", ")} do not prevent publishing. To see them, run \`npx dateline check\``)
}

/** Reports a draft whose article is live or scheduled on the site. */
export function refuseDraft(article: Article, heads: ReadonlyMap<string, Head>): Problem[] {
  if (article.front.status !== "draft" || !/^(?:live|scheduled)$/.test(heads.get(article.path)?.status ?? "")) return []
  const fix = `take it down with \`dateline unpublish ${article.path}\`, or remove \`status: draft\``
  return report(article, "status", "a live article cannot become a draft: readers still see it", fix)
}

function report({ path, frontSource }: Article, field: string, message: string, fix: string): Problem[] {
  const offset = field === "path" ? 0 : findInFront(frontSource, [field])
  return toProblems(fileOf(path), frontSource, [{ offset, field, message, fix }])
}

/** The folder's versions of live articles whose front matter may name other articles. */
function readOthers({ root, all, changed }: Folder, isLive: (path: string) => boolean): Article[] {
  const others = new Set(all).difference(new Set(changed))
  return [...others].flatMap((file) => {
    const bytes = isLive(pathOf(file)) ? readFile(root, file)?.bytes : undefined
    return (bytes && mayMention(bytes) && parseArticle(file, bytes, config).article) || []
  })
}

/** Whether front matter may name other articles. YAML keys can contain escapes: `"alias\x65s"`. */
function mayMention(bytes: Buffer): boolean {
  const end = bytes.indexOf("\n---", 3)
  const front = end === -1 ? bytes : bytes.subarray(0, end)
  return ["aliases", "translationOf", "\\"].some((word) => front.includes(word))
}

/** Mistakes that publishing an article would cause in others. */
function findClashes(article: Article, others: readonly Article[]): Problem[] {
  const { path, front } = article
  return others.flatMap((other) => [
    ...(other.front.aliases.includes(path)
      ? report(article, "path", `is an alias of ${other.path}`, "remove that alias, or rename this file")
      : []),
    ...(front.translationOf !== undefined && front.translationOf !== other.path && other.front.translationOf === path
      ? report(
          article,
          "translationOf",
          `${path} cannot be a translation, because ${other.path} is a translation of it`,
          `set \`translationOf\` of ${other.path} to ${front.translationOf}`,
        )
      : []),
  ])
}

/** How a file can differ from the site. `behind`: the file is unchanged, and the site has a newer text. */
export const states = ["new", "changed", "conflict", "behind", "same", "draft", "unpublished"] as const

/** The live revision, if it only moved the text on which the file was based, and the file was moved too. */
function followMove(root: string, record: BaseRecord, [live]: readonly Revision[]): number | undefined {
  const from = live?.action === "move" ? live.message.split(" → ")[0] : undefined
  if (live === undefined || from === undefined || existsSync(join(root, fileOf(from)))) return undefined
  return record.get(from)?.revision === live.revision - 1 ? live.revision : undefined
}

/** How an article in the folder differs from the site's. `force`: treat it as based on the live revision. */
export async function compareArticle(
  one: FolderArticle,
  { root, desk, heads, record }: Folder,
  force = false,
): Promise<(typeof states)[number]> {
  const { path, front } = one.article
  const head = heads.get(path)
  if (front.status === "draft") return "draft"
  if (head !== undefined && matchDigest(one.source, originalsOf(one.pictures), [head]) === head.digest)
    return head.status === "gone" ? "unpublished" : "same"
  let base: number | "behind" | undefined = force ? head?.revision : recallBase(record, path, head)
  if (base === undefined && head !== undefined && head.status !== "gone") {
    const revisions = await fetchRevisions(desk, path)
    // Without a record, the file's Git history says what it is based on.
    base = followMove(root, record, revisions) ?? (await findGitBase(root, one, revisions))
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
): Promise<FolderArticle[]> {
  const { root, desk, heads, record } = folder
  const chosen: FolderArticle[] = []
  const absent: string[] = []
  for (const one of articles) {
    const { path } = one.article
    const head = heads.get(path)
    const state = await compareArticle(one, folder, force)
    if (state === "draft") outcome.drafts.push(path)
    else if (head !== undefined && state === "same") {
      record.set(path, { revision: head.revision, digest: head.digest, seen: one.seen })
      outcome.unchanged.push(path)
    } else if (head !== undefined && (state === "behind" || (state === "unpublished" && !force))) {
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
  const gap = outcome.conflicts.length > 0 ? explainHistory(root) : null
  if (gap !== null) output.warn(gap)
  outcome.conflicts.push(...(await explainAbsences(desk, absent)))
  return chosen
}

/** Asks the site what happened to articles that are no longer at these addresses. */
async function explainAbsences(desk: DeskClient, paths: readonly string[]): Promise<PublishOutcome["conflicts"]> {
  const conflicts: PublishOutcome["conflicts"] = []
  for (let at = 0; at < paths.length; at += mostMoved) {
    const json = { paths: paths.slice(at, at + mostMoved) }
    conflicts.push(...(await expectAnswer(desk.moved.$post({ json }))).moved)
  }
  return conflicts
}
