// An earlier revision becomes the newest one.
import { renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import config from "../../../dateline.config.ts"
import { drawCardOf } from "../cards.ts"
import { openSubject, sendChange } from "../change-article.ts"
import type { Command } from "../command.ts"
import { fetchSource } from "../desk-client.ts"
import { CLIError } from "../failure.ts"
import { listFiles, openFolder } from "../folder.ts"
import { type FolderArticle, readArticles } from "../read-articles.ts"
import { RollbackShape } from "../shapes.ts"

export const rollback: Command = {
  usage: "rollback PATH [REVISION] [--force]",
  does: "an earlier revision, the last one if none is named, becomes the newest",
  options: { force: { type: "boolean" } },
  most: 2,
  shape: RollbackShape,
  async run(context, { positionals, values, output }) {
    const [given, wanted] = positionals
    if (given === undefined)
      throw new CLIError("name the article: dateline rollback /asia/tajikistan/slug [REVISION]", 2)
    if (wanted !== undefined && !/^\d{1,9}$/.test(wanted))
      throw new CLIError(`${wanted} is no revision: see dateline log`, 2)
    const root = openFolder(context.content)
    const subject = await openSubject(context, given, values.force === true)
    const { path, desk, revisions, seen } = subject
    // Named, so that a request whose answer was lost can be sent again: the newest text before the live one.
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
    output.line(`${path} is revision ${answer.revision} now${explainFile[file](path)}`)
    await drawCardOf(desk, path, output.warn)
    return 0
  },
}

const explainFile = {
  restored: () => ", and so is your file",
  pictures: (path: string) =>
    `, and so is your file; but the pictures beside it are not those of then: see \`npx dateline status\` before you publish ${path}`,
  kept: (path: string) => `. No file of yours is changed: compare with \`npx dateline diff ${path}\``,
}

async function readOne(root: string, path: string): Promise<FolderArticle | undefined> {
  const file = `${path.slice(1)}.md`
  const { articles } = await readArticles(root, listFiles(root).includes(file) ? [file] : [], config)
  return articles[0]
}

/** The file follows the site when it had no changes of its own; one that has some is left alone. */
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
  // With other pictures beside it than that revision had, the file differs still.
  return (await readOne(root, path))?.digest === digest ? "restored" : "pictures"
}
