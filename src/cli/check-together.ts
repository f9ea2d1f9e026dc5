// Mistakes between what is about to be published and what the folder's other articles on the site say.

import config from "../../dateline.config.ts"
import type { Article } from "../article/article.ts"
import { checkArticles } from "../article/check.ts"
import { findInFront } from "../article/front-matter.ts"
import { toProblems } from "../article/mistakes.ts"
import { parseArticle } from "../article/parse.ts"
import type { Problem } from "../site/problem.ts"
import type { Head } from "./desk-client.ts"
import { pathOf, readFile } from "./folder.ts"

/** What there is beside the articles that are about to be published. */
export interface Beside {
  readonly root: string
  readonly heads: ReadonlyMap<string, Head>
  /** The folder's other files: unchanged, or not to be published. */
  readonly others: readonly string[]
}

/**
 * Mistakes between articles, reported of those that are about to be published: what is wrong on the site already holds
 * nothing back. Of other files only those are parsed that one of these may clash with.
 */
export async function checkTogether(coming: readonly Article[], beside: Beside): Promise<Problem[]> {
  const { heads } = beside
  const isLive = (path: string) => (heads.get(path)?.status ?? "gone") !== "gone"
  const published = coming.filter(({ front }) => front.status === "published")
  const mayClash = published.some(
    ({ path, front }) => !isLive(path) || front.aliases.length > 0 || front.translationOf !== undefined,
  )
  const others = mayClash ? readOthers(beside, isLive) : []
  const known = new Set([...heads.keys()].filter(isLive))
  const files = new Set(coming.map(({ path }) => `${path.slice(1)}.md`))
  // Dead links and missing alt texts are for `check` to report: they must not hold back a correction.
  // The others come first: an alias that is taken is the newcomer's mistake.
  const problems = checkArticles([...others, ...coming], known, config, null).filter(({ file }) => files.has(file))
  return [
    ...problems,
    ...published.flatMap((article) => findClashes(article, others)),
    ...coming.filter((article) => isDraftOfLive(article, heads)).flatMap(refuseDraft),
  ]
}

/** Does the site show, or will it, what the folder calls a draft? */
export function isDraftOfLive({ path, front }: Article, heads: ReadonlyMap<string, Head>): boolean {
  return front.status === "draft" && ["live", "scheduled"].includes(heads.get(path)?.status ?? "")
}

/** The problem of a draft whose article is live. */
export function refuseDraft(article: Article): Problem[] {
  const fix = `take it down with \`dateline unpublish ${article.path}\`, or remove \`status: draft\``
  return report(article, "status", "does not make a live article a draft: readers still see it", fix)
}

function report({ path, frontSource }: Article, field: string, message: string, fix: string): Problem[] {
  const offset = field === "path" ? 0 : findInFront(frontSource, [field])
  return toProblems(`${path.slice(1)}.md`, frontSource, [{ offset, field, message, fix }])
}

/** The articles on the site, as the folder has them, whose front matter may name others. */
function readOthers({ root, others }: Beside, isLive: (path: string) => boolean): Article[] {
  return others.flatMap((file) => {
    const bytes = isLive(pathOf(file)) ? readFile(root, file)?.bytes : undefined
    return (bytes && mayMention(bytes) && parseArticle(file, bytes, config).article) || []
  })
}

/** YAML may spell a key with escapes: `"alias\x65s"`. */
function mayMention(bytes: Buffer): boolean {
  const end = bytes.indexOf("\n---", 3)
  const front = end === -1 ? bytes : bytes.subarray(0, end)
  return ["aliases", "translationOf", "\\"].some((word) => front.includes(word))
}

/** What an article does to others that were right without it. */
function findClashes(article: Article, others: readonly Article[]): Problem[] {
  const { path, front } = article
  return others.flatMap((other) => [
    ...(other.front.aliases.includes(path)
      ? report(article, "path", `is an alias of ${other.path}`, "remove it there, or give this file another name")
      : []),
    ...(front.translationOf !== undefined && front.translationOf !== other.path && other.front.translationOf === path
      ? report(
          article,
          "translationOf",
          `${path} has a translation, ${other.path}, and cannot be one itself`,
          `name the original there: ${front.translationOf}`,
        )
      : []),
  ])
}
