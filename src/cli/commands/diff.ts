// `diff`: compares the live text with the file, line by line.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type StructuredPatch, structuredPatch } from "diff"
import * as v from "valibot"
import type { CommandSpec } from "../commander.ts"
import { fileOf, listFiles, openFolder, pathOf, suggestPath, toPath } from "../content-folder.ts"
import { expectAnswer, openDesk } from "../desk-client.ts"
import { CLIError, countOf, type Part, Path, Revision } from "../output.ts"

export const diff = {
  usage: "diff <path>",
  summary: "Compare the live text (-) with your file (+)",
  examples: ["diff /asia/tajikistan/snow"],
  shape: v.strictObject({
    path: Path,
    revision: Revision,
    lines: v.array(v.looseObject({ mark: v.picklist(["+", "-", " "]), text: v.string() })),
  }),
  async run(context, { args: [given = ""], output }) {
    const path = toPath(given, context.content)
    const root = openFolder(context.content)
    const file = join(root, fileOf(path))
    if (!existsSync(file))
      throw new CLIError(`File not found: ${file}. ${suggestPath(path, listFiles(root).map(pathOf))}`.trim(), 2)
    const { source, revision } = await expectAnswer(openDesk(context).source.$get({ query: { path } }), "source")
    const mine = readFileSync(file, "utf8")
    const { hunks } = compareTexts(source, mine)
    const changed = hunks.flatMap(({ lines }) => lines).filter((line) => /^[+-]/.test(line))
    output.result({ path, revision, lines: changed.map((line) => ({ mark: line.charAt(0), text: line.slice(1) })) })
    // File names in the form that `git apply` expects.
    const name = fileOf(path)
    if (changed.length > 0) output.line(`--- a/${name}\trevision ${revision}, live\n+++ b/${name}\t${file}`)
    const paint: Record<string, (line: string) => Part> = { "+": output.good, "-": output.bad }
    for (const { oldStart, oldLines, newStart, newLines, lines } of hunks) {
      output.line(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`)
      for (const line of lines.map((one) => one.replace(/\r$/, ""))) output.line(paint[line.charAt(0)]?.(line) ?? line)
    }
    const [theirs, ours] = [source, mine].map((text) => text.replaceAll("\r\n", "\n"))
    const how = theirs === ours ? ", but only in their line endings (CRLF or LF)" : ""
    output.line(
      changed.length === 0
        ? `Your file is the same as revision ${revision}`
        : `Your file differs from revision ${revision} in ${countOf(changed.length, "line")}${how}`,
    )
  },
} satisfies CommandSpec

// Comparison time grows with the square of the number of edits.
const mostEdits = 1000

/** The hunks that `diff -u` would print. Texts with too many differences are shown as entirely replaced. */
export function compareTexts(before: string, after: string): Pick<StructuredPatch, "hunks"> {
  const found = structuredPatch("", "", before, after, undefined, undefined, { context: 3, maxEditLength: mostEdits })
  if (found !== undefined) return found
  const [old, next] = [before.split("\n"), after.split("\n")]
  const lines = [...old.map((line) => `-${line}`), ...next.map((line) => `+${line}`)]
  return { hunks: [{ oldStart: 1, oldLines: old.length, newStart: 1, newLines: next.length, lines }] }
}
