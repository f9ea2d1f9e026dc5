// Checks the articles about to be published against the folder's other articles on the site.

import config from "../../dateline.config.ts"
import type { Article } from "../article/article.ts"
import { checkArticles } from "../article/check.ts"
import { checkText } from "../article/check-text.ts"
import { toProblems } from "../article/mistakes.ts"
import { parseArticle } from "../article/parse.ts"
import { findInFront } from "../article/read-front-matter.ts"
import { isKept } from "../render/sanitize.ts"
import type { Problem } from "../site/problem.ts"
import type { Head } from "./desk-client.ts"
import { fileOf, pathOf, readFile } from "./folder.ts"
import type { Report } from "./output.ts"
import type { Folder } from "./publish-run.ts"

type Beside = Pick<Folder, "root" | "heads" | "others">

/**
 * Clashes between articles, reported only for those about to be published: mistakes already on the site must not block
 * a publish. Other files are parsed only if one of these articles may clash with them.
 */
export function checkTogether(coming: readonly Article[], folder: Beside): Problem[] {
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
export function warnOfLosses(articles: readonly Article[], warn: Report): void {
  const files = articles
    .filter((article) => checkText(article, isKept, config).length > 0)
    .map(({ path }) => fileOf(path))
  if (files.length > 0)
    warn(
      `Found mistakes in ${files.join(", ")} that do not prevent publishing. To see them, run \`npx dateline check\``,
    )
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
function readOthers({ root, others }: Pick<Folder, "root" | "others">, isLive: (path: string) => boolean): Article[] {
  return others.flatMap((file) => {
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
