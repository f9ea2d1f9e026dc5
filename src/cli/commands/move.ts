// `move`: changes an article's address. The old one redirects (301).
import * as v from "valibot"
import config from "../../../dateline.config.ts"
import { parseContent } from "../../article/kinds.ts"
import { drawCardOf } from "../cards.ts"
import { openSubject, sendChange } from "../change-article.ts"
import type { CommandSpec } from "../command.ts"
import { toPath } from "../folder.ts"
import { CLIError, Path, Revision } from "../output.ts"

export const move = {
  usage: "move <old> <new>",
  summary: "Move an article; the old address redirects to the new one",
  options: [["--force", "move it even if another editor has changed it"]],
  examples: ["move /asia/tajikistan/snow /asia/uzbekistan/snow"],
  shape: v.strictObject({ from: Path, to: Path, revision: Revision }),
  async run(context, { args: [old = "", next = ""], options, output }) {
    const to = toPath(next, context.content)
    if (parseContent(toPath(old, context.content), config).kind !== "article")
      throw new CLIError(
        "Only articles can be moved: a note belongs to the edition of its date, and a page's address is its file name. Publish a new file, then unpublish this one",
        2,
      )
    const subject = await openSubject(context, old, options.force === true)
    const { path, desk, seen } = subject
    const answer = await sendChange<{ from: string; to: string; revision: number }>(
      subject,
      output.warn,
      () => desk.move.$post({ json: { from: path, to, ...seen } }),
      { to },
    )
    output.result(answer)
    output.line(`Moved ${path} to ${answer.to}. Move your file too: ${path.slice(1)}.md → ${answer.to.slice(1)}.md`)
    await drawCardOf(desk, answer.to, output.warn)
  },
} satisfies CommandSpec
