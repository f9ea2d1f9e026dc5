// `rollback`: publishes an earlier revision again as the newest one.
import { join } from "node:path"
import * as v from "valibot"
import { drawCardOf } from "../cards.ts"
import type { CommandSpec } from "../commander.ts"
import { fileOf, openFolder } from "../content-folder.ts"
import { fetchSource } from "../desk-client.ts"
import { CLIError, Path, Revision } from "../output.ts"
import { type FolderArticle, readArticles } from "../read-articles.ts"
import { afterChange, openSubject, sendChange } from "../send-change.ts"
import { replaceFile } from "../write-files.ts"

export const rollback = {
  usage: "rollback <path> [revision]",
  summary: "Publish an earlier revision again (default: the previous one)",
  options: [["--force", "roll back even if another editor has changed the article"]],
  examples: ["rollback /asia/tajikistan/snow", "rollback /asia/tajikistan/snow 3"],
  shape: v.strictObject({
    path: Path,
    revision: Revision,
    /** What happened to the file in the folder. */
    file: v.picklist(["restored", "pictures", "kept"]),
  }),
  async run(context, { args: [given = "", wanted], options, output }) {
    if (wanted !== undefined && !/^\d{1,9}$/.test(wanted))
      throw new CLIError(`${wanted} is not a revision number. See \`npx dateline log ${given}\``, 2)
    const root = openFolder(context.content)
    const subject = await openSubject(context, given, options.force === true)
    const { path, desk, revisions, seen } = subject
    // The revision is sent by number, so that the request can safely be repeated if its response is lost or the run is
    // interrupted. The default is the revision before the one last seen or, if that unpublished the article, itself.
    const last = Math.max(
      0,
      revisions.findIndex((one) => one.revision === seen.base),
    )
    const gone = revisions[last]?.action === "unpublish"
    const revision = wanted === undefined ? revisions[gone ? last : last + 1]?.revision : Number(wanted)
    if (revision === undefined)
      throw new CLIError(`${path} has only one revision. To take it down, use \`npx dateline unpublish ${path}\``, 2)
    const digest = revisions.find((one) => one.revision === revision)?.digest
    const mine = await readOne(root, path)
    const isBase = mine !== undefined && mine.digest === revisions[last]?.digest
    const untouched = isBase || mine?.source === (await fetchSource(desk, path))?.source
    const answer = await sendChange<{ path: string; revision: number }>(
      subject,
      output.warn,
      () => desk.rollback.$post({ json: { path, revision, ...seen } }),
      digest === undefined ? {} : { digest },
    )
    const live = untouched ? await fetchSource(desk, path) : null
    let file: keyof typeof files = "kept"
    if (live !== null && afterChange(output.warn, () => replaceFile(join(root, fileOf(path)), live.source))) {
      // The pictures beside it may not be the ones that this revision had.
      file = (await readOne(root, path))?.digest === digest ? "restored" : "pictures"
    }
    output.result({ ...answer, file })
    output.line(`${path} is now at revision ${answer.revision}. ${files[file]}`)
    await drawCardOf(desk, path, output.warn)
  },
} satisfies CommandSpec

const files = {
  restored: "Your file was restored too",
  pictures:
    "Your file was restored too, but the pictures beside it have changed since. Run `npx dateline status` before you publish",
  kept: "Your file was not changed. Compare it with `npx dateline diff`",
}

async function readOne(root: string, path: string): Promise<FolderArticle | undefined> {
  return (await readArticles(root, [fileOf(path)])).articles[0]
}
