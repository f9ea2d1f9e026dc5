// A change of one article on the site without its file: unpublish, move, rollback. It carries the revision that the
// folder has seen, and the folder's record follows what it made, so that editors do not conflict with themselves.
import { existsSync } from "node:fs"
import { formatProblem, type Problem } from "../site/problem.ts"
import { type BaseRecord, digestFiles, openBaseRecord, recallBase } from "./base-record.ts"
import type { Context } from "./command.ts"
import { type DeskClient, expectAnswer, fetchSite, flushAfter, openDesk, type Revision } from "./desk-client.ts"
import { listFiles, openFolder, toPath } from "./folder.ts"
import { CLIError, explainConflict, type PublishOutcome } from "./output.ts"

/** An article that a command is about to change. */
export interface Subject {
  readonly path: string
  readonly desk: DeskClient
  /** Null where there is no folder: an address alone needs none. */
  readonly record: BaseRecord | null
  /** The site's revisions, newest first. */
  readonly revisions: readonly Revision[]
  /** The folder's text is derived from the newest of them. */
  readonly current: boolean
  /** What every request of the change carries. */
  readonly seen: { readonly base: number; readonly force: boolean }
}

/**
 * Finds the revision that the folder has seen: what its file has byte for byte, else what its record says. Without a
 * record, and by force, it is what the site has now: only what comes between now and the change is a conflict.
 */
export async function openSubject(context: Context, given: string, force: boolean): Promise<Subject> {
  const path = toPath(given, context.content)
  const desk = openDesk(context)
  const site = await fetchSite(desk)
  const root = existsSync(context.content) ? openFolder(context.content) : null
  const record = root === null ? null : openBaseRecord(root, site.id)
  const response = await desk.revisions.$get({ query: { path } })
  const revisions = response.status === 404 ? [] : (await expectAnswer(response)).revisions
  const [head] = revisions
  const file = `${path.slice(1)}.md`
  const same =
    root !== null &&
    head !== undefined &&
    listFiles(root).includes(file) &&
    (await digestFiles(root, [file], null)).get(file)?.digest === head.digest
  const own = same ? head.revision : recallBase(record, path, head)
  const base = (force ? head?.revision : own) ?? head?.revision ?? 0
  const current = head !== undefined && own === head.revision
  return { path, desk, record, revisions, current, seen: { base, force } }
}

/**
 * Sends a change, flushes the purge outbox whatever the answer is, and has the record follow it: unless, by force, the
 * change went over another editor's text, which stays a conflict for the folder's next publish.
 * @param to the article's address now; its old one keeps its base, so that publishing a file there reports the move
 * @param digest of the text that is live now, where the change made it another
 * @throws CLIError with code 3 on a conflict, that says who made it and when
 */
export async function sendChange<Answer extends { revision: number }>(
  { path, desk, record, revisions, current, seen }: Subject,
  warn: (line: string) => void,
  send: () => Promise<{ ok: boolean; status: number; json(): Promise<unknown> }>,
  { to = path, digest }: { to?: string; digest?: string } = {},
): Promise<Answer> {
  const response = await flushAfter(desk, warn, send)
  const said =
    response.status === 409 ? ((await response.json()) as { error?: { code: string; message: string } }) : null
  if (said?.error?.code === "conflict")
    throw new CLIError(explainConflict(said.error as unknown as PublishOutcome["conflicts"][number]), 3)
  if (said !== null) throw new CLIError(said.error?.message ?? "The site refused the change", 3)
  if (response.status === 422) {
    const { problems } = (await response.json()) as { problems: Problem[] }
    throw new CLIError(problems.map(formatProblem).join("\n"), 1)
  }
  const answer = (await expectAnswer(response)) as Answer
  const [head] = revisions
  if (record === null || head === undefined || !current) return answer
  if (seen.force && answer.revision !== head.revision + 1) return answer
  const file = to === path && digest === undefined ? record.get(path)?.seen : undefined
  record.set(to, { revision: answer.revision, digest: digest ?? head.digest, ...(file && { seen: file }) })
  record.save()
  return answer
}
