// An article as the desk's lists tell of it.
import type { SiteConfig } from "../site/site.ts"
import type { HeadRow } from "../store/revisions.ts"
import { isMoment } from "../store/rows.ts"

/** An article's state for editors: times as ISO strings, null where the date is unknown. */
export function describeHead(row: HeadRow, site: SiteConfig, now: number) {
  return {
    path: row.path,
    url: site.origin + row.path,
    title: row.title,
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
