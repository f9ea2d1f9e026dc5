// Publishes what changed.
import { formatProblem } from "../../site/problem.ts"
import type { Command } from "../command.ts"
import { explainConflict } from "../conflicts.ts"
import { countOf } from "../output.ts"
import { publishFolder } from "../publish-run.ts"
import { PublishShape } from "../shapes.ts"

export const publish: Command = {
  usage: "publish [paths] [--dry-run] [--force] [--no-cards] [--message TEXT]",
  does: "what changed since the last publish, and only that; run it again after a cut",
  options: {
    "dry-run": { type: "boolean" },
    force: { type: "boolean" },
    "no-cards": { type: "boolean" },
    message: { type: "string" },
  },
  most: Number.POSITIVE_INFINITY,
  shape: PublishShape,
  async run(context, { positionals, values, output }) {
    const dryRun = values["dry-run"] === true
    const outcome = await publishFolder({
      ...context,
      key: context.key(),
      paths: positionals,
      force: values.force === true,
      dryRun,
      message: typeof values.message === "string" ? values.message : "",
      progress: output.progress,
      cardProgress: (done, all) => output.progress(done, all, "cards"),
      ...(values["no-cards"] === true ? {} : { cards: (draw) => draw() }),
      report: output.warn,
    })
    output.result(outcome)
    for (const problem of outcome.problems) output.warn(formatProblem(problem))
    for (const { url, revision, liveMs } of outcome.published) {
      const seen = liveMs === null ? "" : `, seen live in ${liveMs} ms`
      output.line(
        dryRun
          ? `would publish ${url} as revision ${revision}`
          : `${output.good("published")} ${url}, revision ${revision}${seen}`,
      )
    }
    for (const conflict of outcome.conflicts) output.warn(`${output.bad("conflict")} ${explainConflict(conflict)}`)
    if (outcome.problems.length > 0) {
      // The desk may find a mistake in one of several requests.
      const done = outcome.published.length === 0 ? "nothing was published" : "not everything was published"
      output.warn(`${countOf(outcome.problems.length, "mistake")}: ${done}`)
      return 1
    }
    output.line(
      `${outcome.published.length} ${dryRun ? "to publish" : "published"}, ${outcome.unchanged.length} unchanged, ${countOf(outcome.conflicts.length, "conflict")}`,
    )
    return outcome.conflicts.length > 0 ? 3 : 0
  },
}
