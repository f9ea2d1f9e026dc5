// Changes one article on the site without sending a file: unpublish, move, rollback. Each change names the revision
// that the folder last saw, then updates the folder's record, so that editors do not conflict with themselves.
import { existsSync } from "node:fs"
import { formatProblem, type Problem } from "../site/problem.ts"
import { digestFile, openBaseRecord, recallBase } from "./base-record.ts"
import { type Context, explainFailure } from "./commander.ts"
import { fileOf, openFolder, toPath } from "./content-folder.ts"
import { expectAnswer, fetchRevisions, fetchSite, flushAfter, openDesk } from "./desk-client.ts"
import { CLIError, explainConflict, type PublishOutcome, type Report } from "./output.ts"

/**
 * An article that a command is about to change. `current`: whether the folder's text is based on the live revision.
 * `hasFile`: whether the folder has its text.
 */
type Subject = Awaited<ReturnType<typeof openSubject>>

/**
 * Finds the revision that the folder last saw: the newest if its file has that text, otherwise the one on record.
 * Without a record, or with --force, it is the newest, so that only changes made from now on conflict.
 */
export async function openSubject(context: Context, given: string, force: boolean) {
  const path = toPath(given, context.content)
  const desk = openDesk(context)
  const site = await fetchSite(desk)
  const root = existsSync(context.content) ? openFolder(context.content) : null
  const record = root === null ? null : openBaseRecord(root, site.id)
  const revisions = await fetchRevisions(desk, path)
  const [head] = revisions
  const file = fileOf(path)
  const digest = root === null ? undefined : digestFile(root, file, null)?.digest
  const own = head !== undefined && digest === head.digest ? head.revision : recallBase(record, path, head)
  const base = (force ? head?.revision : own) ?? head?.revision ?? 0
  const current = own === head?.revision
  return { path, desk, record, revisions, current, hasFile: digest !== undefined, seen: { base, force } }
}

/**
 * Sends a change, flushes the purge outbox whatever the response, and updates the record. A forced change that
 * overrode another editor's text is not recorded: the folder's next publish must still report that conflict.
 * @param to the article's new address; the old one keeps its base, so that publishing a file there reports the move
 * @param digest of the text that is now live, if the change replaced it
 * @throws CLIError with code 3 on a conflict, saying who made it and when
 */
export async function sendChange<Answer extends { revision: number }>(
  { path, desk, record, revisions: [head], current, seen }: Subject,
  warn: Report,
  send: () => Promise<{ ok: boolean; status: number; json(): Promise<unknown> }>,
  { to = path, digest }: { to?: string; digest?: string } = {},
): Promise<Answer> {
  const response = await flushAfter(desk, warn, send)
  if (response.status === 409) {
    const { error } = (await response.json()) as { error?: { code: string; message: string } }
    if (error?.code !== "conflict") throw new CLIError(error?.message ?? "The site refused the change", 3)
    throw new CLIError(explainConflict(error as unknown as PublishOutcome["conflicts"][number]), 3)
  }
  if (response.status === 422) {
    const { problems } = (await response.json()) as { problems: Problem[] }
    throw new CLIError(problems.map(formatProblem).join("\n"), 1)
  }
  const answer = (await expectAnswer(response, "revision")) as Answer
  if (record === null || head === undefined || !current) return answer
  if (seen.force && answer.revision !== head.revision + 1) return answer
  const stamps = to === path && digest === undefined ? record.get(path)?.seen : undefined
  record.set(to, { revision: answer.revision, digest: digest ?? head.digest, seen: stamps })
  afterChange(warn, () => record.save())
  return answer
}

/** Writes a file. The site has already been changed, so a failure is only a warning. @returns whether it succeeded */
export function afterChange(warn: Report, write: () => void): boolean {
  try {
    write()
    return true
  } catch (error) {
    warn(`The site was changed, but ${explainFailure(error as Error)}`)
    return false
  }
}
