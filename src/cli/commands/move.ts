// `move`: changes an article's address. The old one redirects (301).
import * as v from "valibot"
import config from "../../../dateline.config.ts"
import { parseContent } from "../../article/kinds.ts"
import { guessPath } from "../../article/parse.ts"
import { parseAddress } from "../../site/addresses.ts"
import { drawCardOf } from "../cards.ts"
import type { CommandSpec } from "../commander.ts"
import { toPath } from "../content-folder.ts"
import { type DeskClient, findRevisions, flushAfter, openDesk } from "../desk-client.ts"
import { CLIError, Path, type Report, Revision } from "../output.ts"
import { openSubject, sendChange } from "../send-change.ts"

export const move = {
  usage: "move <old> <new>",
  summary: "Move an article; the old address redirects to the new one",
  options: [["--force", "move it even if another editor has changed it"]],
  examples: ["move /asia/tajikistan/snow /asia/uzbekistan/snow"],
  shape: v.strictObject({ from: Path, to: Path, revision: Revision }),
  async run(context, { args: [old = "", next = ""], options, output }) {
    const to = toPath(next, context.content)
    const from = toPath(old, context.content)
    if (parseContent(from, config).kind !== "article")
      throw new CLIError(
        "Only articles can be moved: a note belongs to the edition of its date, and a page's address is its file name. Publish a new file, then unpublish this one",
        2,
      )
    if (parseAddress(to, config)?.kind !== "article") {
      const near = guessPath(to, config)
      throw new CLIError(`${to} is not a valid address for an article${near ? `. Did you mean ${near}?` : ""}`, 2)
    }
    const desk = openDesk(context)
    const answer = (await resume(desk, from, to, output.warn)) ?? (await send())
    output.result(answer)
    output.line(`Moved ${from} to ${answer.to}. Move your file too: ${from.slice(1)}.md → ${answer.to.slice(1)}.md`)
    await drawCardOf(desk, answer.to, output.warn)

    async function send() {
      const subject = await openSubject(context, old, options.force === true)
      const request = () => desk.move.$post({ json: { from, to, ...subject.seen } })
      return sendChange<Moved>(subject, output.warn, request, { to })
    }
  },
} satisfies CommandSpec

interface Moved {
  readonly from: string
  readonly to: string
  readonly revision: number
}

/** Finishes a move that was interrupted after the site had made it. Null if there was none. */
async function resume(desk: DeskClient, from: string, to: string, warn: Report): Promise<Moved | null> {
  if ((await findRevisions(desk, from)) !== null) return null
  const live = (await findRevisions(desk, to))?.[0]
  if (live?.action !== "move" || live.message !== `${from} → ${to}`) return null
  return flushAfter(desk, warn, async () => ({ from, to, revision: live.revision }))
}
