// Unpublish, move and roll back one article. The rule of every write of the desk: it replaces the revision that its
// editor has seen (`base`), or it is forced; anything else is a conflict that names who made what stands there, and when.

import type { ArticleAddress } from "../site/addresses.ts"
import type { Problem } from "../site/problem.ts"
import { moveArticle, unpublishArticle } from "../store/move.ts"
import { type Head, listingsOf, readHeads } from "../store/publish.ts"
import { findRepeated, readRevisions, readSource } from "../store/revisions.ts"
import type { Desk } from "./desk.ts"
import { type Conflict, conflictWith, explainAbsences } from "./moved.ts"
import { publishArticles } from "./publish.ts"

/** Who changes which article, and the revision that they have seen. */
interface Change {
  readonly path: string
  readonly base: number
  readonly force: boolean
  readonly who: string
}

export type Changed =
  | { readonly revision: number }
  | { readonly conflict: Conflict }
  | { readonly absent: string }
  | { readonly taken: string }
  | { readonly problems: Problem[] }

export async function unpublish(desk: Desk, change: Change & { readonly reason: string }): Promise<Changed> {
  const { path, who, reason } = change
  const revision = { path, action: "unpublish", who, message: reason }
  return replaceHead(desk, change, revision, (head) => unpublishArticle(desk.catalogue, head, revision, Date.now()))
}

export async function move(desk: Desk, change: Change & { readonly to: ArticleAddress }): Promise<Changed> {
  const { path, who, to } = change
  const revision = { path: to.path, action: "move", who, message: `${path} → ${to.path}` }
  return replaceHead(desk, change, revision, async (head) => {
    if ((await readHeads(desk.catalogue, [to.path])).has(to.path)) return { taken: to.path }
    const labels = head.listings
      .map((listing) => listing.slice(listing.indexOf(":") + 1))
      .filter((listing) => listing.startsWith("/topics/") || listing.startsWith("/authors/"))
      .map((listing) => `${to.language}:${listing}`)
    const place = { ...to, listings: [...listingsOf(to), ...labels] }
    return moveArticle(desk.catalogue, head, place, revision, Date.now())
  })
}

/** Publishes an earlier revision again. @param change.revision which one; null: the one before what is live */
export async function rollBack(desk: Desk, change: Change & { readonly revision: number | null }): Promise<Changed> {
  const { path, base, force, who } = change
  const db = desk.catalogue
  const head = (await readHeads(db, [path])).get(path)
  if (head === undefined) return explainAbsence(desk, path)
  const wanted = change.revision ?? (await readRevisions(db, path))[head.live === 0 ? 0 : 1]?.revision ?? 0
  const message = `back to revision ${wanted}`
  const source = await readSource({ db, bodies: desk.bodies }, path, wanted)
  if (source === null) return { absent: `no revision ${wanted} of ${path}` }
  const request = { message, force, articles: [{ ...source, path, base }], action: "rollback" as const }
  const { problems, conflicts, published } = await publishArticles(desk, request, who, Date.now())
  if (problems.length > 0) return { problems }
  const [conflict] = conflicts
  // Without a publication the text is live already, as the newest revision.
  const revision =
    conflict === undefined
      ? (published[0]?.revision ?? (await readHeads(db, [path])).get(path)?.revision ?? null)
      : await findRepeated(db, { path, base, action: "rollback", who, message })
  if (revision !== null) return { revision }
  return conflict === undefined ? explainAbsence(desk, path) : { conflict }
}

/**
 * Replaces a live article's newest revision.
 * @param revision the one that it will make. If it follows `base` already, its answer was lost and the client repeats itself
 * @param write answers the revision that its transaction made, or null when another write was first
 */
async function replaceHead(
  desk: Desk,
  { path, base, force }: Change,
  revision: { path: string; action: string; who: string; message: string },
  write: (head: Head) => Promise<number | null | Changed>,
): Promise<Changed> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const head = (await readHeads(desk.catalogue, [path])).get(path)
    const seen = force || head?.revision === base
    if (head?.live === 1 && seen) {
      const made = await write(head)
      if (made !== null) return typeof made === "number" ? { revision: made } : made
      continue
    }
    const repeated = await findRepeated(desk.catalogue, { ...revision, base })
    if (repeated !== null) return { revision: repeated }
    if (head === undefined) return explainAbsence(desk, path)
    return seen ? { absent: `no live article at ${path}` } : { conflict: conflictWith(head) }
  }
  throw new Error("the catalogue kept changing under this request")
}

async function explainAbsence(desk: Desk, path: string): Promise<Changed> {
  const [conflict] = await explainAbsences(desk.catalogue, [path])
  return conflict?.movedTo ? { conflict } : { absent: `no live article at ${path}` }
}
