// Moves an article: the old address answers 301.

import { drawCardOf } from "../cards.ts"
import { openSubject, sendChange } from "../change-article.ts"
import type { Command } from "../command.ts"
import { CLIError } from "../failure.ts"
import { toPath } from "../paths.ts"
import { MoveShape } from "../shapes.ts"

export const move: Command = {
  usage: "move OLD NEW [--force]",
  does: "the old address answers 301 to the new one",
  options: { force: { type: "boolean" } },
  most: 2,
  shape: MoveShape,
  async run(context, { positionals, values, output }) {
    const [old, next] = positionals
    if (old === undefined || next === undefined) throw new CLIError("name both addresses: dateline move OLD NEW", 2)
    const to = toPath(next, context.content)
    const subject = await openSubject(context, old, values.force === true)
    const { path, desk, seen } = subject
    const answer = await sendChange<{ from: string; to: string; revision: number }>(
      subject,
      output.warn,
      () => desk.move.$post({ json: { from: path, to, ...seen } }),
      { to },
    )
    output.result(answer)
    output.line(
      `${answer.from} → ${answer.to}. Move the file too: ${answer.from.slice(1)}.md → ${answer.to.slice(1)}.md`,
    )
    await drawCardOf(desk, answer.to, output.warn)
    return 0
  },
}
