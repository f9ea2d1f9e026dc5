// Ends an article: 410 from now on.

import type { Command } from "../command.ts"
import { expectAnswer, openDesk } from "../desk-client.ts"
import { CLIError } from "../failure.ts"
import { followRevision, openOwnRecord } from "../follow-site.ts"
import { toPath } from "../paths.ts"
import { UnpublishShape } from "../shapes.ts"

export const unpublish: Command = {
  usage: "unpublish PATH --reason TEXT",
  does: "the address answers 410; the revisions stay",
  options: { reason: { type: "string" } },
  most: 1,
  shape: UnpublishShape,
  async run(context, { positionals, values, output }) {
    const [given] = positionals
    if (given === undefined)
      throw new CLIError("name the article: dateline unpublish /asia/tajikistan/slug --reason …", 2)
    if (typeof values.reason !== "string" || values.reason.trim() === "")
      throw new CLIError("say why with --reason: it stands in the history", 2)
    const path = toPath(given, context.content)
    const desk = openDesk({ url: context.url, key: context.key() })
    const record = await openOwnRecord(context.content, desk)
    const response = await desk.unpublish.$post({ json: { path, reason: values.reason } })
    const answer = await expectAnswer<{ path: string; revision: number }>(response)
    followRevision(record, path, path, answer.revision)
    output.result(answer)
    output.line(
      `${path} is gone (410), revision ${answer.revision}. The file in your folder stays: remove it, or set status: draft`,
    )
    return 0
  },
}
