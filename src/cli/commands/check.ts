// `check`: reports every mistake in the content (schema, links, pictures, rendering), without contacting a site.

import { once } from "node:events"
import { resolve } from "node:path"
import { Worker } from "node:worker_threads"
import * as v from "valibot"
import config from "../../../dateline.config.ts"
import { checkArticles } from "../../article/check.ts"
import { sortProblems, toProblems } from "../../article/mistakes.ts"
import { readingMinutes } from "../../article/text.ts"
import { isKept } from "../../render/sanitize.ts"
import type { Tried } from "../../render/try-article.ts"
import { formatAddress } from "../../site/format-address.ts"
import { formatProblem, type Problem } from "../../site/problem.ts"
import type { SiteConfig } from "../../site/site.ts"
import type { CommandSpec } from "../commander.ts"
import { fileOf, listFiles, openFolder, pathOf, selectFiles } from "../content-folder.ts"
import { countOf, ProblemShape, type Report } from "../output.ts"
import { type FolderArticle, readArticles, readyPictures } from "../read-articles.ts"
import { findConfigProblems } from "../site-config.ts"

/** The time limit for rendering an article, in milliseconds. An article that takes longer is reported as a mistake. */
const patience = 1000

export const check = {
  usage: "check [paths...]",
  summary: "Report mistakes, reading times, and how much of each members-only article is public",
  examples: ["check", "check content/asia"],
  shape: v.strictObject({ problems: v.array(ProblemShape) }),
  async run(context, { args, output }) {
    const mistakes = findConfigProblems()
    if (mistakes.length > 0) {
      output.result({ problems: mistakes })
      for (const problem of mistakes) output.warn(formatProblem(problem))
      return 1
    }
    const { files, articles, problems } = await checkFolder(openFolder(context.content), args, patience, output.warn)
    output.result({ problems })
    for (const problem of problems) output.warn(formatProblem(problem))
    for (const { file, article, words } of articles) {
      const shown =
        article.members === null ? "" : `, ${Math.round((100 * article.open.length) / article.body.length)}% public`
      output.line(`${file}: ${countOf(words, "word")}, ${readingMinutes(words)} min${shown}`)
    }
    output.line(
      problems.length === 0
        ? output.good(`${countOf(files.length, "article")}, no mistakes`)
        : countOf(problems.length, "mistake"),
    )
    return problems.length === 0 ? undefined : 1
  },
} satisfies CommandSpec

/**
 * Finds all mistakes in the files that `paths` select (default: all), checked together with the rest of the folder.
 * @param patience the time limit for rendering an article, in milliseconds
 * @param report called with a line for each skipped file
 */
export async function checkFolder(root: string, paths: readonly string[], patience: number, report?: Report) {
  const all = listFiles(root, (line) => paths.length === 0 && report?.(line))
  const files = selectFiles(root, all, paths)
  const chosen = new Set(files)
  const { articles: readable, problems: wrong } = await readArticles(root, all, true)
  // A link to an unreadable file is not reported as a second mistake.
  const read = new Set(readable.map(({ file }) => file))
  const known = new Set(all.filter((file) => !read.has(file)).map(pathOf))
  const parsed = readable.map(({ article }) => article)
  const between = checkArticles(parsed, known, config, isKept)
  const looked = readable.filter(({ file }) => chosen.has(file))
  const { problems: damaged } = await readyPictures(root, looked)
  const rendered = await renderAll(looked, patience)
  const found = [...wrong, ...between, ...damaged, ...rendered.problems].filter(({ file }) => chosen.has(file))
  if (paths.length === 0) found.push(...checkFooter(all))
  const mistaken = new Set(wrong.map(({ file }) => file))
  const articles = looked.flatMap(({ file, article }) => {
    return mistaken.has(file) ? [] : { file, article, words: rendered.words.get(file) ?? 0 }
  })
  return { files, articles, problems: sortProblems(found) }
}

/** Reports pages that the footer links to but the folder lacks, unless the folder has no pages at all. */
function checkFooter(files: readonly string[]): Problem[] {
  const { footer = {} }: SiteConfig = config
  const paths = Object.entries(footer).flatMap(([page, names]) =>
    Object.keys(names).map((language) => formatAddress({ kind: "page", language, page }, config)),
  )
  const hasPages = files.some((file) => file !== `${pathOf(file).slice(1)}.md`)
  return paths
    .map(fileOf)
    .filter((file) => hasPages && !files.includes(file))
    .map((file) => ({
      ...{ file, line: 1, column: 1, field: "file", message: "does not exist, but the footer links to it" },
      fix: "write the page, or remove its name from `footer` in dateline.config.ts",
    }))
}

/** Renders in a thread that can be killed, as some texts make any parser slow. */
async function renderAll(articles: readonly FolderArticle[], patience: number) {
  const problems: Problem[] = []
  const words = new Map<string, number>()
  let thread = await startThread()
  for (const { file, article } of articles) {
    thread.postMessage(article)
    try {
      const [tried] = (await once(thread, "message", { signal: AbortSignal.timeout(patience) })) as [Tried]
      words.set(file, tried.words)
      if (tried.problem !== null) problems.push(tried.problem)
    } catch (error) {
      const { name, message } = error as Error
      const what =
        name === "AbortError" ? `takes longer than ${patience} ms to render` : `cannot be rendered: ${message}`
      const fix = "simplify the text; to find the cause, delete half of it, check again, and repeat"
      const { path, frontSource, body } = article
      const mistake = { offset: frontSource.length, field: "body", message: what, fix }
      problems.push(...toProblems(fileOf(path), frontSource + body, [mistake]))
      await thread.terminate()
      thread = await startThread()
    }
  }
  await thread.terminate()
  return { problems, words }
}

/** Starts a thread and waits until its code is loaded, so that loading does not count towards the time limit. */
async function startThread(): Promise<Worker> {
  const thread = new Worker(resolve(import.meta.dirname, "../render-thread.ts"))
  await once(thread, "message")
  return thread
}
