// Every kind of page that readers see, in the starter publication. Add new kinds of pages here.
import config from "../dateline.config.ts"
import { latestDue } from "../src/mail/schedule.ts"

export interface AuditedPage {
  readonly kind: string
  /** In the default language. */
  readonly path: string
  /** Other languages that have the page. The site's own pages exist in all. */
  readonly languages: readonly string[]
  readonly status: number
  /** Only visible when signed in. */
  readonly signedIn: boolean
}

const all = ["fr", "ar", "ru"]

function page(kind: string, path: string, languages: readonly string[] = all, status = 200): AuditedPage {
  return { kind, path, languages, status, signedIn: false }
}

function personal(kind: string, path: string): AuditedPage {
  return { kind, path, languages: all, status: 200, signedIn: true }
}

/** The date of the edition of each newsletter that the audit itself sends. */
export const dates = {
  headlines: latestDue("headlines", Date.now(), config).date,
  digest: latestDue("digest", Date.now(), config).date,
}

/** An article that the audit itself unpublishes. */
export const withdrawn = "/europe/moldova/hosts-next-door"

/** An article whose texts the audit deletes from the store. */
export const lost = page("failing store", "/asia/nepal/lost-text", all, 503)

export const auditedPages: readonly AuditedPage[] = [
  page("front", "/"),
  page("region", "/asia"),
  page("country", "/asia/tajikistan"),
  page("country without articles", "/asia/bhutan"),
  page("topic", "/topics/water", []),
  page("author with a biography", "/authors/meridian-asia-desk"),
  page("page of the site", "/about"),
  page("page with a table or list", "/privacy"),
  page("articles of a country in one file", "/asia/tajikistan/pack.html"),
  page("old article with a map", "/asia/tajikistan/security-summit-dushanbe"),
  page("article with a picture", "/pacific/kiribati/freshwater-lens", []),
  page("article for members", "/europe/ukraine/power-in-winter", []),
  page("article whose date is unknown", "/africa/kenya/long-stay-dadaab", []),
  page("article with corrections", "/africa/locust-lessons", []),
  page("article of a region with charts", "/africa/how-famine-is-declared", []),
  page("search", "/search"),
  page("results", "/search?q=2026"),
  page("no results", "/search?q=xyzzyq"),
  page("corrections", "/corrections"),
  page("newsletter", "/newsletter"),
  page("headlines", `/newsletter/${dates.headlines}`),
  page("digest for visitors", "/digest"),
  personal("digest for members", `/digest/${dates.digest}`),
  page("join", "/join"),
  page("sign in", "/sign-in"),
  personal("account", "/account"),
  personal("saving an article", "/account/save?path=/europe/ukraine/power-in-winter"),
  personal("giving an article", "/account/give?path=/europe/ukraine/power-in-winter"),
  personal("deleting an account", "/account/delete"),
  page("not found", "/nowhere", all, 404),
  page("withdrawn", withdrawn, [], 410),
  lost,
]

/** The page's address in each language that has it. */
export function addressesOf({ path, languages }: AuditedPage): string[] {
  return [path, ...languages.map((language) => `/${language}${path === "/" ? "" : path}`)]
}
