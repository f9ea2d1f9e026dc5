// An article's history.

import type { Command } from "../command.ts"
import { expectAnswer, openDesk } from "../desk-client.ts"
import { CLIError } from "../failure.ts"
import { toPath } from "../paths.ts"
import { LogShape } from "../shapes.ts"

interface Revision {
  readonly revision: number
  readonly action: string
  readonly who: string
  readonly when: string
  readonly message: string
}

export const log: Command = {
  usage: "log PATH",
  does: "an article's revisions: what, who, when, why",
  options: {},
  most: 1,
  shape: LogShape,
  async run(context, { positionals, output }) {
    const [given] = positionals
    if (given === undefined) throw new CLIError("name the article: dateline log /asia/tajikistan/slug", 2)
    const desk = openDesk({ url: context.url, key: context.key() })
    const response = await desk.revisions.$get({ query: { path: toPath(given, context.content) } } as never)
    const { revisions } = await expectAnswer<{ revisions: Revision[] }>(response)
    output.result(revisions)
    for (const { revision, action, who, when, message } of revisions)
      output.line(
        `r${String(revision).padEnd(4)} ${when}  ${action.padEnd(9)} ${who}${message === "" ? "" : `  ${message}`}`,
      )
    return 0
  },
}
