// Conflicts: what stands where an editor's change would go, and where an article is that they have at its old address.

import type { Head } from "../store/publish.ts"
import { findMoved, readRevisions } from "../store/revisions.ts"
import { mostMoved } from "./schema.ts"

/** What stands in the way of a publish. */
export interface Conflict {
  path: string
  /** The site's newest revision, or that of the move; 0: not known. */
  revision: number
  who: string | null
  when: string | null
  /** Only of what is no longer at its address: where it is now, or null: it is gone. */
  movedTo?: string | null
}

/** The conflict with an article's newest revision. */
export function conflictWith({ path, revision, who, revisedAt }: Head): Conflict {
  return { path, revision, who, when: new Date(revisedAt).toISOString() }
}

/** What became of articles that are no longer at their addresses: where they went, and who moved them when. */
export function explainAbsences(db: D1Database, paths: readonly string[]): Promise<Conflict[]> {
  return Promise.all(paths.map((path, index) => explainAbsence(db, path, index < mostMoved)))
}

async function explainAbsence(db: D1Database, path: string, ask: boolean): Promise<Conflict> {
  const movedTo = ask ? await findMoved(db, path) : null
  const revisions = movedTo === null ? [] : await readRevisions(db, movedTo)
  const move = revisions.find(({ action, message }) => action === "move" && message.startsWith(`${path} → `))
  const when = move === undefined ? null : new Date(move.at).toISOString()
  return { path, revision: move?.revision ?? 0, who: move?.who ?? null, when, movedTo }
}
