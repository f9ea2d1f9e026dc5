// `rollback`: publishes an earlier revision again, as the newest one.
import { renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as v from "valibot"
import config from "../../../dateline.config.ts"
import { drawCardOf } from "../cards.ts"
import { openSubject, sendChange } from "../change-article.ts"
import type { CommandSpec } from "../command.ts"
import { fetchSource } from "../desk-client.ts"
import { listFiles, openFolder } from "../folder.ts"
import { CLIError, Path, Revision } from "../output.ts"
import { type FolderArticle, readArticles } from "../read-articles.ts"

export const rollback = {
  usage: "rollback <path> [revision]",
  summary: "Publish an earlier revision again; by default the one before the current one",
  options: [["--force", "roll back even if another editor changed it"]],
  examples: ["rollback /asia/tajikistan/snow", "rollback /asia/tajikistan/snow 3"],
  shape: v.strictObject({
    path: Path,
    revision: Revision,
    /** What became of the file in the folder. */
    file: v.picklist(["restored", "pictures", "kept"]),
  }),
  async run(context, { args: [given = "", wanted], options, output }) {
    if (wanted !== undefined && !/^\d{1,9}$/.test(wanted))
      throw new CLIError(`${wanted} is not a revision number. See \`npx dateline log ${given}\``, 2)
    const root = openFolder(context.content)
    const subject = await openSubject(context, given, options.force === true)
    const { path, desk, revisions, seen } = subject
    // The newest text before the live one, by number, so that a request whose answer was lost can be sent again.
    const gone = revisions[0]?.action === "unpublish"
    const revision = wanted === undefined ? (revisions[gone ? 0 : 1]?.revision ?? 0) : Number(wanted)
    const digest = revisions.find((one) => one.revision === revision)?.digest
    const untouched = (await readOne(root, path))?.source === (await fetchSource(desk, path))?.source
    const answer = await sendChange<{ path: string; revision: number }>(
      subject,
      output.warn,
      () => desk.rollback.$post({ json: { path, revision, ...seen } }),
      digest === undefined ? {} : { digest },
    )
    const live = untouched ? await fetchSource(desk, path) : null
    const file = live === null ? "kept" : await takeOver(root, path, live.source, digest)
    output.result({ ...answer, file })
    output.line(`${path} is now revision ${answer.revision}. ${explainFile[file](path)}`)
    await drawCardOf(desk, path, output.warn)
    return 0
  },
} satisfies CommandSpec

const explainFile = {
  restored: () => "Your file was restored too",
  pictures: (path: string) =>
    `Your file was restored too, but the pictures beside it have changed since. Run \`npx dateline status\` before you publish ${path}`,
  kept: (path: string) => `Your file was not changed. Compare it with \`npx dateline diff ${path}\``,
}

async function readOne(root: string, path: string): Promise<FolderArticle | undefined> {
  const file = `${path.slice(1)}.md`
  const { articles } = await readArticles(root, listFiles(root).includes(file) ? [file] : [], config)
  return articles[0]
}

/** Overwrites the file with the site's text. The caller has checked that the file had no changes of its own. */
async function takeOver(
  root: string,
  path: string,
  source: string,
  digest: string | undefined,
): Promise<Exclude<keyof typeof explainFile, "kept">> {
  const file = join(root, `${path}.md`)
  const next = `${file}.${process.pid}.tmp`
  writeFileSync(next, source)
  renameSync(next, file)
  // Its pictures may be others than that revision had.
  return (await readOne(root, path))?.digest === digest ? "restored" : "pictures"
}
