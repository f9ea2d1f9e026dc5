// An earlier revision becomes the newest one.
import { renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { config } from "../../site/config.ts"
import { openBaseRecord } from "../base-record.ts"
import { drawCardOf } from "../cards.ts"
import type { Command } from "../command.ts"
import { type DeskClient, expectAnswer, fetchHeads, fetchSite, fetchSource, openDesk } from "../desk-client.ts"
import { CLIError } from "../failure.ts"
import { listFiles, openFolder } from "../folder.ts"
import { toPath } from "../paths.ts"
import { type FolderArticle, readArticles } from "../read-articles.ts"
import { RollbackShape } from "../shapes.ts"

export const rollback: Command = {
  usage: "rollback PATH [REVISION]",
  does: "an earlier revision, the last one if none is named, becomes the newest",
  options: {},
  most: 2,
  shape: RollbackShape,
  async run(context, { positionals, output }) {
    const [given, wanted] = positionals
    if (given === undefined)
      throw new CLIError("name the article: dateline rollback /asia/tajikistan/slug [REVISION]", 2)
    if (wanted !== undefined && !/^\d{1,9}$/.test(wanted))
      throw new CLIError(`${wanted} is no revision: see dateline log`, 2)
    const root = openFolder(context.content)
    const desk = openDesk({ url: context.url, key: context.key() })
    const path = toPath(given, root)
    const site = await fetchSite(desk)
    const untouched = readOne(root, path)?.source === (await fetchSource(desk, path))?.source
    const json = wanted === undefined ? { path } : { path, revision: Number(wanted) }
    const response = await desk.rollback.$post({ json })
    const answer = await expectAnswer<{ path: string; revision: number }>(response)
    const file = untouched ? await takeOver(root, site.id, desk, path) : "kept"
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

function readOne(root: string, path: string): FolderArticle | undefined {
  const file = `${path.slice(1)}.md`
  return readArticles(root, listFiles(root).includes(file) ? [file] : [], config).articles[0]
}

/**
 * The file follows the site when nobody had touched it: else the next publish would undo the rollback.
 * A file with changes of its own is left alone, and so is the record: publishing it is a conflict, seen before it happens.
 */
async function takeOver(
  root: string,
  siteId: string,
  desk: DeskClient,
  path: string,
): Promise<keyof typeof explainFile> {
  const live = await fetchSource(desk, path)
  if (live === null) return "kept"
  const file = join(root, `${path}.md`)
  const next = `${file}.${process.pid}.tmp`
  writeFileSync(next, live.source)
  renameSync(next, file)
  const head = (await fetchHeads(desk)).get(path)
  // With other pictures beside it than that revision had, the file differs still.
  if (head === undefined || readOne(root, path)?.digest !== head.digest) return "pictures"
  const record = openBaseRecord(root, siteId)
  record.set(path, { revision: head.revision, digest: head.digest })
  record.save()
  return "restored"
}
