// Ends an article: 410 from now on.

import { openSubject, sendChange } from "../change-article.ts"
import type { Command } from "../command.ts"
import { CLIError } from "../failure.ts"
import { UnpublishShape } from "../shapes.ts"

export const unpublish: Command = {
  usage: "unpublish PATH --reason TEXT [--force]",
  does: "the address answers 410; the revisions stay",
  options: { reason: { type: "string" }, force: { type: "boolean" } },
  most: 1,
  shape: UnpublishShape,
  async run(context, { positionals, values, output }) {
    const [given] = positionals
    const { reason } = values
    if (given === undefined)
      throw new CLIError("name the article: dateline unpublish /asia/tajikistan/slug --reason …", 2)
    if (typeof reason !== "string" || reason.trim() === "")
      throw new CLIError("say why with --reason: it stands in the history", 2)
    const subject = await openSubject(context, given, values.force === true)
    const { path, desk, seen } = subject
    const answer = await sendChange<{ path: string; revision: number }>(subject, output.warn, () =>
      desk.unpublish.$post({ json: { path, reason, ...seen } }),
    )
    output.result(answer)
    output.line(
      `${path} is gone (410), revision ${answer.revision}. The file in your folder stays: remove it, or set status: draft`,
    )
    return 0
  },
}
