// `publish`: sends changed articles to the site.
import { formatProblem } from "../../site/problem.ts"
import type { CommandSpec } from "../commander.ts"
import { countOf, explainConflict, PublishShape } from "../output.ts"
import { publishFolder } from "../publish-folder.ts"
import { requireValidConfig } from "../site-config.ts"

export const publish = {
  usage: "publish [paths...]",
  summary: "Publish changes. Safe to interrupt and re-run",
  options: [
    ["--dry-run", "show what would be published, without publishing"],
    ["--force", "overwrite another editor's changes"],
    ["--no-cards", "do not draw social cards"],
    ["--message <text>", "describe the change, for the history"],
  ],
  examples: ["publish", "publish content/asia --dry-run", 'publish --message "Add the ministry\'s figures"'],
  shape: PublishShape,
  async run(context, { args, options, output }) {
    requireValidConfig()
    const dryRun = options.dryRun === true
    const outcome = await publishFolder({
      ...context,
      paths: args,
      force: options.force === true,
      dryRun,
      message: String(options.message ?? ""),
      ...(options.cards === false ? {} : { cards: (draw) => draw() }),
      output,
    })
    output.result(outcome)
    for (const problem of outcome.problems) output.warn(formatProblem(problem))
    for (const { url, revision, liveMs } of outcome.published) {
      const seen = liveMs === null ? "" : `, live after ${liveMs} ms`
      if (dryRun) output.line(`Would publish ${url} as revision ${revision}`)
      else output.line(output.good("Published"), ` ${url}, revision ${revision}${seen}`)
    }
    if (outcome.drafts.length > 0)
      output.line(
        `Skipped ${countOf(outcome.drafts.length, "draft")}: ${outcome.drafts.join(", ")}. Remove \`status: draft\` to publish`,
      )
    for (const conflict of outcome.conflicts) output.warn(output.bad("Conflict:"), ` ${explainConflict(conflict)}`)
    if (outcome.problems.length > 0) {
      // If the desk finds a mistake in one of several requests, the articles in the others may already be published.
      const done = outcome.published.length === 0 ? "nothing was published" : "some articles were not published"
      output.warn(`${countOf(outcome.problems.length, "mistake")}: ${done}`)
      return 1
    }
    output.line(
      `${outcome.published.length} ${dryRun ? "to publish" : "published"}, ${outcome.unchanged.length} unchanged, ${countOf(outcome.conflicts.length, "conflict")}`,
    )
    return outcome.conflicts.length > 0 ? 3 : undefined
  },
} satisfies CommandSpec
