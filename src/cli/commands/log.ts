// `log`: shows an article's history.
import * as v from "valibot"
import { toOneLine } from "../../site/problem.ts"
import type { CommandSpec } from "../commander.ts"
import { toPath } from "../content-folder.ts"
import { fetchRevisions, openDesk } from "../desk-client.ts"
import { formatTime, Moment, Revision } from "../output.ts"

export const log = {
  usage: "log <path>",
  summary: "Show an article's revisions: what changed, who changed it, when and why",
  examples: ["log /asia/tajikistan/snow", "log content/asia/tajikistan/snow.md"],
  shape: v.array(
    v.strictObject({
      revision: Revision,
      action: v.picklist(["publish", "unpublish", "move", "rollback"]),
      digest: v.string(),
      who: v.string(),
      when: Moment,
      message: v.string(),
      /** Whether the revision's text and pictures were permanently erased. */
      erased: v.optional(v.boolean(), false),
    }),
  ),
  async run(context, { args: [given = ""], output }) {
    const revisions = await fetchRevisions(openDesk(context), toPath(given, context.content))
    output.result(revisions)
    for (const { revision, action, who, when, message, erased } of revisions) {
      const why = `${erased ? "(erased) " : ""}${toOneLine(message).replace(/\s+/g, " ")}`
      output.line(`r${String(revision).padEnd(4)} ${formatTime(when)}  ${action.padEnd(9)} ${who}  ${why}`.trimEnd())
    }
  },
} satisfies CommandSpec
