// `preview`: creates, lists and revokes secret links, with which anyone can read an article as it is in the folder.
import * as v from "valibot"
import { sortProblems } from "../../article/mistakes.ts"
import { formatProblem, type Problem } from "../../site/problem.ts"
import type { Call, CommandSpec, Context } from "../commander.ts"
import { listFiles, openFolder, selectFiles, toPath } from "../content-folder.ts"
import { type DeskClient, expectAnswer, fetchSite, flushAfter, openDesk } from "../desk-client.ts"
import { CLIError, countOf, formatTime, Moment, type Output, Path, ProblemShape } from "../output.ts"
import { type FolderArticle, readArticles, readyPictures } from "../read-articles.ts"
import { sendPictures } from "../send-articles.ts"
import { requireValidConfig } from "../site-config.ts"

const PreviewShape = v.strictObject({
  path: Path,
  /** Null unless the link is new: the site does not keep tokens. */
  url: v.nullable(v.pipe(v.string(), v.url())),
  who: v.string(),
  expires: Moment,
})
type Link = v.InferOutput<typeof PreviewShape>

export const preview = {
  usage: "preview [paths...]",
  summary: "Create a secret link to an unpublished article; without a path, list all links",
  options: [
    ["--days <n>", "how many days the link works, at most 30 (default: 7)"],
    ["--revoke", "revoke all links to the article instead"],
  ],
  examples: ["preview content/asia/tajikistan/snow.md", "preview /asia/tajikistan/snow --revoke"],
  shape: v.strictObject({ previews: v.array(PreviewShape), problems: v.array(ProblemShape) }),
  async run(context, call) {
    const { args, options, output } = call
    const creates = options.revoke !== true && args.length > 0
    if (creates) requireValidConfig()
    const desk = openDesk(context)
    const days = Number(options.days ?? 7)
    if (!(Number.isInteger(days) && days >= 1 && days <= 30))
      throw new CLIError(`--days must be a whole number from 1 to 30, not ${options.days}`, 2)
    const problems: Problem[] = []
    const previews =
      options.revoke === true
        ? await revoke(desk, context, call)
        : creates
          ? await create(desk, context, call, days, problems)
          : await list(desk, output)
    output.result({ previews, problems: sortProblems(problems) })
    for (const problem of problems) output.warn(formatProblem(problem))
    return problems.length > 0 ? 1 : undefined
  },
} satisfies CommandSpec

async function revoke(desk: DeskClient, { content }: Context, { args, output }: Call): Promise<Link[]> {
  if (args.length === 0) throw new CLIError("Specify the article whose preview links to revoke", 2)
  const all: Link[] = []
  for (const path of args.map((given) => toPath(given, content))) {
    const { previews } = await expectAnswer(desk.previews.revoke.$post({ json: { path } }), "previews")
    all.push(...previews)
    output.line(`Revoked ${countOf(previews.length, "link")} to ${path}`)
  }
  return all
}

async function list(desk: DeskClient, output: Output): Promise<Link[]> {
  const { previews } = await expectAnswer(desk.previews.$get(), "previews")
  for (const { path, who, expires } of previews) output.line(`${path} until ${formatTime(expires)}, by ${who}`)
  output.line(`${countOf(previews.length, "link")}. A link's URL is shown only when it is created`)
  return previews
}

async function create(desk: DeskClient, context: Context, { args, output }: Call, days: number, problems: Problem[]) {
  const root = openFolder(context.content)
  const { articles, problems: mistakes } = await readArticles(root, selectFiles(root, listFiles(root), args))
  const hasPage = ({ article: { kind } }: FolderArticle) => kind === "article" || kind === "page"
  for (const one of articles) if (!hasPage(one)) output.warn(`Skipped ${one.article.path}: it has no page of its own`)
  const { ready, problems: damaged } = await readyPictures(root, articles.filter(hasPage))
  problems.push(...mistakes, ...damaged)
  const previews: Link[] = []
  if (problems.length > 0) return previews
  // If the site cannot be reached, nothing needs to be purged.
  await fetchSite(desk)
  // Flushes purges, because new sizes of a picture also change the pages of published articles that show it.
  await flushAfter(desk, output.warn, async () => {
    await sendPictures({ desk, root }, ready, output.warn)
    for (const { article, source, media, digest } of ready) {
      const response = await desk.previews.$post({ json: { path: article.path, source, media, digest, days } })
      if (response.status === 422) {
        problems.push(...(await response.json()).problems)
        continue
      }
      const link = await expectAnswer(response)
      previews.push(link)
      output.line(`${link.path} until ${formatTime(link.expires)}: ${link.url}`)
    }
  })
  return previews
}
