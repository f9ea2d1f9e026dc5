// An earlier revision becomes the newest one.
import { expectAnswer, openDesk } from "../desk-client.ts"
import { CLIError } from "../failure.ts"
import { toPath } from "../paths.ts"
import type { Command } from "../usage.ts"

export const rollback: Command = {
  usage: "rollback PATH [REVISION]",
  does: "an earlier revision, the last one if none is named, becomes the newest",
  options: {},
  most: 2,
  async run(context, { positionals, output }) {
    const [given, wanted] = positionals
    if (given === undefined)
      throw new CLIError("name the article: dateline rollback /asia/tajikistan/slug [REVISION]", 2)
    if (wanted !== undefined && !/^\d{1,9}$/.test(wanted))
      throw new CLIError(`${wanted} is no revision: see dateline log`, 2)
    const desk = openDesk({ url: context.url, key: context.key() })
    const path = toPath(given, context.content)
    const json = wanted === undefined ? { path } : { path, revision: Number(wanted) }
    const response = await desk.rollback.$post({ json })
    const answer = await expectAnswer<{ path: string; revision: number }>(response)
    output.result(answer)
    output.line(
      `${path} is revision ${answer.revision} now. Your file is not changed: compare with \`npx dateline diff ${path}\``,
    )
    return 0
  },
}
