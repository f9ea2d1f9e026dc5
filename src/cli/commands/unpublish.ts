// `unpublish`: takes an article down. Its address then returns 410.
import * as v from "valibot"
import config from "../../../dateline.config.ts"
import { findEdition } from "../../article/kinds.ts"
import type { CommandSpec } from "../commander.ts"
import { CLIError, Path, Revision } from "../output.ts"
import { openSubject, sendChange } from "../send-change.ts"

export const unpublish = {
  usage: "unpublish <path>",
  summary: "Take an article down. Its address then returns 410; its revisions are kept",
  options: [
    ["--reason <text>", "the reason, kept in the history (required)"],
    ["--force", "take it down even if another editor has changed it"],
  ],
  examples: ['unpublish /asia/tajikistan/snow --reason "The pass was open"'],
  shape: v.strictObject({ path: Path, revision: Revision }),
  async run(context, { args: [given = ""], options: { reason, force }, output }) {
    if (typeof reason !== "string" || reason.trim() === "")
      throw new CLIError("Give a reason with --reason. It is kept in the history", 2)
    const subject = await openSubject(context, given, force === true)
    const { path, desk, revisions, seen } = subject
    const [live] = revisions
    // A run that was interrupted may have taken it down already.
    const isDone = live?.action === "unpublish" && live.message === reason
    const answer = await sendChange<{ path: string; revision: number }>(subject, output.warn, async () =>
      isDone
        ? Response.json({ path, revision: live.revision })
        : desk.unpublish.$post({ json: { path, reason, ...seen } }),
    )
    output.result(answer)
    const isNote = findEdition(path, config) !== null
    const effect = isNote ? "" : " and now returns 410"
    const advice = subject.hasFile ? ". Your file was not changed: delete it, or set `status: draft`" : ""
    output.line(`${path} was taken down (revision ${answer.revision})${effect}${advice}`)
  },
} satisfies CommandSpec
