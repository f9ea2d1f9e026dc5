// Moves an article: the old address answers 301.

import { drawCardOf } from "../cards.ts"
import type { Command } from "../command.ts"
import { expectAnswer, openDesk } from "../desk-client.ts"
import { CLIError } from "../failure.ts"
import { followRevision, openOwnRecord } from "../follow-site.ts"
import { toPath } from "../paths.ts"
import { MoveShape } from "../shapes.ts"

export const move: Command = {
  usage: "move OLD NEW",
  does: "the old address answers 301 to the new one",
  options: {},
  most: 2,
  shape: MoveShape,
  async run(context, { positionals, output }) {
    const [old, next] = positionals
    if (old === undefined || next === undefined) throw new CLIError("name both addresses: dateline move OLD NEW", 2)
    const desk = openDesk({ url: context.url, key: context.key() })
    const record = await openOwnRecord(context.content, desk)
    const response = await desk.move.$post({
      json: { from: toPath(old, context.content), to: toPath(next, context.content) },
    })
    const answer = await expectAnswer<{ from: string; to: string; revision: number }>(response)
    followRevision(record, answer.from, answer.to, answer.revision)
    output.result(answer)
    output.line(
      `${answer.from} → ${answer.to}. Move the file too: ${answer.from.slice(1)}.md → ${answer.to.slice(1)}.md`,
    )
    await drawCardOf(desk, answer.to, output.warn)
    return 0
  },
}
