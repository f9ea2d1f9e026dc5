// Saved articles: by path, so that they outlive a rebuilt catalogue.

/** A member keeps so many; the oldest make room. */
export const mostSaved = 500

/** Saves an article, once however often. */
export async function saveArticle(db: D1Database, member: string, path: string, now: number): Promise<void> {
  await db.batch([
    db
      .prepare(
        "INSERT INTO saved (member, path, at) VALUES (?1, ?2, ?3) ON CONFLICT (member, path) DO UPDATE SET at = ?3",
      )
      .bind(member, path, now),
    db
      .prepare(
        `DELETE FROM saved WHERE member = ?1 AND path IN
         (SELECT path FROM saved WHERE member = ?1 ORDER BY at DESC LIMIT -1 OFFSET ${mostSaved})`,
      )
      .bind(member),
  ])
}

export async function removeSaved(db: D1Database, member: string, path: string): Promise<void> {
  await db.prepare("DELETE FROM saved WHERE member = ?1 AND path = ?2").bind(member, path).run()
}

/** Paths of a member's saved articles, the last saved first. */
export async function listSaved(db: D1Database, member: string): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT path FROM saved WHERE member = ?1 ORDER BY at DESC")
    .bind(member)
    .all<{ path: string }>()
  return results.map(({ path }) => path)
}
