// `status`: shows what differs between the folder and the site.
import * as v from "valibot"
import { formatProblem } from "../../site/problem.ts"
import type { CommandSpec } from "../commander.ts"
import { pathOf } from "../content-folder.ts"
import { countOf, Path, ProblemShape } from "../output.ts"
import { compareArticle, refuseDraft, states } from "../prepare-publish.ts"
import { compareFolder } from "../publish-folder.ts"
import { readArticles } from "../read-articles.ts"

export const status = {
  usage: "status",
  summary: "Show what differs between your folder and the site",
  shape: v.strictObject({
    site: v.pipe(v.string(), v.url()),
    articles: v.array(v.strictObject({ path: Path, state: v.picklist([...states, "not in the folder"]) })),
    problems: v.array(ProblemShape),
  }),
  async run(context, { output }) {
    const folder = await compareFolder(context)
    const { site, heads } = folder
    const { articles, problems } = await readArticles(folder.root, folder.changed)
    const found: { path: string; state: string }[] = folder.unchanged.map((path) => ({ path, state: "same" }))
    for (const one of articles) found.push({ path: one.article.path, state: await compareArticle(one, folder) })
    const mine = new Set(folder.all.map(pathOf))
    for (const head of heads.values())
      if (!mine.has(head.path) && head.status !== "gone") found.push({ path: head.path, state: "not in the folder" })
    found.sort((a, b) => (a.path < b.path ? -1 : 1))
    output.result({ site: site.origin, articles: found, problems })
    for (const problem of problems) output.warn(formatProblem(problem))
    for (const { article } of articles)
      for (const problem of refuseDraft(article, heads)) output.warn(formatProblem(problem))
    for (const { path, state } of found) if (state !== "same") output.line(`${state.padEnd(17)} ${path}`)
    const same = found.filter(({ state }) => state === "same").length
    output.line(`${countOf(same, "article")} ${same === 1 ? "is" : "are"} the same here and on ${site.origin}`)
    return problems.length > 0 ? 1 : undefined
  },
} satisfies CommandSpec
