// What is live against my file, line by line.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Command } from "../command.ts"
import { expectAnswer, openDesk } from "../desk-client.ts"
import { CLIError } from "../failure.ts"
import { openFolder } from "../folder.ts"
import { compareLines, cutHunks } from "../line-diff.ts"
import { countOf, type Output } from "../output.ts"
import { toPath } from "../paths.ts"
import { DiffShape } from "../shapes.ts"

const paint = {
  "+": (output: Output, text: string) => output.good(text),
  "-": (output: Output, text: string) => output.bad(text),
  " ": (_: Output, text: string) => text,
}

export const diff: Command = {
  usage: "diff PATH",
  does: "what is live (-) against my file (+)",
  options: {},
  most: 1,
  shape: DiffShape,
  async run(context, { positionals, output }) {
    const [given] = positionals
    if (given === undefined) throw new CLIError("name the article: dateline diff /asia/tajikistan/slug", 2)
    const path = toPath(given, context.content)
    const file = join(openFolder(context.content), `${path}.md`)
    if (!existsSync(file)) throw new CLIError(`there is no file ${file}`, 2)
    const desk = openDesk({ url: context.url, key: context.key() })
    const response = await desk.source.$get({ query: { path } } as never)
    const { source, revision } = await expectAnswer<{ source: string; revision: number }>(response)
    const mine = readFileSync(file, "utf8")
    const lines = compareLines(source, mine)
    const changed = lines.filter(({ mark }) => mark !== " ")
    output.result({ path, revision, lines: changed })
    if (changed.length > 0) output.line(`--- ${path} (revision ${revision}, live)\n+++ ${file}`)
    for (const { head, lines: near } of cutHunks(lines)) {
      output.line(head)
      for (const { mark, text } of near) output.line(paint[mark](output, `${mark}${text.replace(/\r$/, "")}`))
    }
    const how = isSameText(source, mine) ? " in their ends alone, CRLF or LF" : ""
    output.line(
      changed.length === 0
        ? `the same as revision ${revision}`
        : `${countOf(changed.length, "line")} ${changed.length === 1 ? "differs" : "differ"} from revision ${revision}${how}`,
    )
    return 0
  },
}

/** Is nothing but the ends of lines different? */
function isSameText(one: string, other: string): boolean {
  return one.replaceAll("\r\n", "\n") === other.replaceAll("\r\n", "\n")
}
