// `erase`: permanently deletes the texts and pictures of an article's revisions.
import * as v from "valibot"
import type { CommandSpec } from "../commander.ts"
import { toPath } from "../content-folder.ts"
import { expectAnswer, fetchRevisions, flushAfter, openDesk } from "../desk-client.ts"
import { CLIError, Count, countOf, Path } from "../output.ts"

export const erase = {
  usage: "erase <path>",
  summary:
    "Permanently erase the texts and pictures of all revisions except the live one. Unpublish first to erase all",
  options: [["--reason <text>", "the reason, kept in the audit log (required)"]],
  examples: ['erase /asia/tajikistan/snow --reason "Court order 12/345"'],
  /** `live`: whether the article is live, in which case its newest text is kept. */
  shape: v.strictObject({ path: Path, revisions: Count, live: v.boolean() }),
  async run(context, { args: [given = ""], options: { reason }, output }) {
    if (typeof reason !== "string" || reason.trim() === "")
      throw new CLIError("Give a reason with --reason. It is kept in the audit log", 2)
    const path = toPath(given, context.content)
    const desk = openDesk(context)
    await fetchRevisions(desk, path)
    const answer = await flushAfter(desk, output.warn, async () => {
      const erased = await expectAnswer(desk.erase.$post({ json: { path, reason } }))
      const next = async () => (await expectAnswer(desk.erase.continue.$post({ json: { path } }))).left
      const first = await next()
      for (let left = first; left > 0; left = await next()) output.progress(first - left, first, "files and editions")
      return erased
    })
    output.result(answer)
    const kept = answer.live ? ". The live text is kept" : ""
    output.line(`Erased ${countOf(answer.revisions, "revision")} of ${path}${kept}`)
    output.line("For copies elsewhere, see docs/runbook/take-down-order.md")
  },
} satisfies CommandSpec
