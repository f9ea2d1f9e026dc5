// Describes articles and notes for editors: their status on the site, and who last changed them.
import { titleEdition } from "../article/edition.ts"
import { findEdition, webPath } from "../article/kinds.ts"
import type { SiteConfig } from "../site/site.ts"
import type { Head } from "../store/publish.ts"
import { type HeadRow, readDepartures } from "../store/revisions.ts"
import { isMoment } from "../store/rows.ts"

/** An article's or note's state for editors. Times are ISO strings, or null if unknown. */
export function describeHead(row: HeadRow, site: SiteConfig, now: number) {
  return {
    path: row.path,
    url: site.origin + webPath(row.path, site),
    title: describeTitle(row, site),
    access: row.access === "open" ? "open" : "members",
    status: describeStatus(row, now),
    date: formatMoment(row.publishedAt),
    updated: formatMoment(row.updatedAt),
    language: row.language,
    revision: row.revision,
    digest: row.digest,
    who: row.who,
    when: formatMoment(row.when) ?? new Date(0).toISOString(),
    card: row.card,
  }
}

/** A note without a title gets the title of its edition. */
function describeTitle({ path, title }: HeadRow, site: SiteConfig): string {
  const edition = title === "" ? findEdition(path, site) : null
  return edition === null ? title : titleEdition({ ...edition, content: { title: null } }, site)
}

function describeStatus(row: HeadRow, now: number): "live" | "scheduled" | "expired" | "gone" | "damaged" {
  if (row.live === 0) return "gone"
  if (row.whole !== 1 || !isMoment(row.publishedAt ?? 0) || !isMoment(row.updatedAt ?? 0)) return "damaged"
  if (row.expiresAt !== null && row.expiresAt <= now) return "expired"
  if (row.publishedAt !== null && row.publishedAt > now) return "scheduled"
  return "live"
}

function formatMoment(moment: number | null): string | null {
  return moment === null || !isMoment(moment) ? null : new Date(moment).toISOString()
}

/** The change that a write conflicts with. */
export interface Conflict {
  path: string
  /** The article's newest revision on the site, or the revision that moved it; 0 if unknown. */
  revision: number
  who: string | null
  when: string | null
  /** Set only if the article is no longer at its address: where it is now, or null if it is gone. */
  movedTo?: string | null
  /** Set only if that revision unpublished the article. */
  gone?: true
}

/** A conflict with an article's newest revision. */
export function conflictWith({ path, revision, who, revisedAt, live }: Head): Conflict {
  return { path, revision, who, when: new Date(revisedAt).toISOString(), ...(live === 0 && { gone: true }) }
}

/** Explains why articles are no longer at their addresses: where they went, who moved them, and when. */
export async function explainAbsences(db: D1Database, paths: readonly string[]): Promise<Conflict[]> {
  const departures = await readDepartures(db, paths)
  return departures.map(({ at, ...known }) => ({ ...known, when: formatMoment(at) }))
}
