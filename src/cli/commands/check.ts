// `check`: every mistake in the content, found without a site: schema, links, pictures and rendering.

import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { Worker } from "node:worker_threads"
import * as v from "valibot"
import config from "../../../dateline.config.ts"
import type { Article } from "../../article/article.ts"
import { checkArticles } from "../../article/check.ts"
import { readingMinutes } from "../../article/text.ts"
import { checkConfig } from "../../site/config-schema.ts"
import { formatProblem, type Problem } from "../../site/problem.ts"
import type { SiteConfig } from "../../site/site.ts"
import type { CommandSpec } from "../command.ts"
import { listFiles, openFolder, selectFiles } from "../folder.ts"
import { CLIError, countOf, ProblemShape } from "../output.ts"
import { type FolderArticle, readArticles, readyPictures } from "../read-articles.ts"

/** Milliseconds; an article that takes longer to render is a mistake. */
const patience = 1000

export const check = {
  usage: "check [paths...]",
  summary: "List every mistake, with reading times and how much of members' articles the public sees",
  examples: ["check", "check content/asia"],
  shape: v.strictObject({ problems: v.array(ProblemShape) }),
  async run(context, { args, output }) {
    requireValidConfig(config)
    const { files, articles, problems } = await checkFolder(openFolder(context.content), args, patience)
    output.result({ problems })
    for (const problem of problems) output.warn(formatProblem(problem))
    for (const { file, article } of articles) {
      const shown =
        article.members === null
          ? ""
          : `; the public sees ${Math.round((100 * article.open.length) / article.body.length)} % of it`
      output.line(`${file}: ${article.words} words, ${readingMinutes(article.words)} min${shown}`)
    }
    output.line(
      problems.length === 0
        ? output.good(`${countOf(files.length, "article")}, no mistake`)
        : countOf(problems.length, "mistake"),
    )
    return problems.length === 0 ? 0 : 1
  },
} satisfies CommandSpec

/** A publication with mistakes in its config is neither checked nor started. @throws CLIError that lists the mistakes */
export function requireValidConfig(site: SiteConfig): void {
  const source = readFileSync(new URL("../../../dateline.config.ts", import.meta.url), "utf8")
  const problems = checkConfig(site, source)
  if (problems.length > 0) throw new CLIError(problems.map(formatProblem).join("\n"), 1)
}

/**
 * Finds all mistakes in the files that `paths` name (none: in every file), checked together with the rest of the folder.
 * @param patience milliseconds; an article that takes longer to render is a mistake
 */
export async function checkFolder(root: string, paths: readonly string[], patience: number) {
  const all = listFiles(root)
  const files = selectFiles(root, all, paths)
  const chosen = new Set(files)
  const isChosen = ({ file }: { file: string }) => chosen.has(file)
  const read = await readArticles(root, all, config)
  const known = addressesOfWrong(all, read.articles)
  const between = checkArticles(
    read.articles.map(({ article }) => article),
    known,
    config,
  )
  const articles = read.articles.filter(isChosen)
  // Report everything at once, whatever is wrong with other files.
  const { problems: damaged } = await readyPictures(root, articles)
  const rendered = await renderAll(articles, patience)
  const problems = [...[...read.problems, ...between].filter(isChosen), ...damaged, ...rendered]
  return { files, articles, problems }
}

/** Addresses of files that have mistakes: a link to one is still valid. */
function addressesOfWrong(files: readonly string[], articles: readonly FolderArticle[]): Set<string> {
  const parsed = new Set(articles.map(({ file }) => file))
  return new Set(files.filter((file) => !parsed.has(file)).map((file) => `/${file.replace(/\.md$/, "")}`))
}

/** Renders in a thread that can be killed: some texts make any parser slow. */
async function renderAll(articles: readonly FolderArticle[], patience: number): Promise<Problem[]> {
  const problems: Problem[] = []
  let thread = await startThread()
  for (const { article } of articles) {
    const problem = await ask(thread, article, patience)
    if (problem === null) continue
    problems.push(problem)
    await thread.terminate()
    thread = await startThread()
  }
  await thread.terminate()
  return problems
}

/** A thread that has loaded its code, so that starting it does not count against an article. */
async function startThread(): Promise<Worker> {
  const thread = new Worker(resolve(import.meta.dirname, "../render-thread.ts"))
  return new Promise((done, fail) => {
    thread.once("error", fail)
    thread.once("message", () => {
      thread.off("error", fail)
      done(thread)
    })
  })
}

function ask(thread: Worker, article: Article, patience: number): Promise<Problem | null> {
  return new Promise((done) => {
    const finish = (problem: Problem | null) => {
      clearTimeout(timer)
      thread.off("message", finish)
      thread.off("error", fail)
      done(problem)
    }
    const refuse = (message: string) =>
      finish({
        file: `${article.path.slice(1)}.md`,
        line: article.frontSource.split("\n").length,
        column: 1,
        field: "body",
        message,
        fix: "simplify the text. To find the cause, remove half of it at a time",
      })
    const fail = (error: unknown) => refuse(`cannot be rendered: ${error instanceof Error ? error.message : error}`)
    const timer = setTimeout(() => refuse(`takes longer than ${patience} ms to render`), patience)
    thread.on("message", finish)
    thread.on("error", fail)
    thread.postMessage({ ...article })
  })
}
