// Builds the newsletters' pages, and the page that offers membership with a sample of the digest.
import { editionPath, type Issue, type List } from "../article/edition.ts"
import { audienceOf, mayReadAll } from "../membership/access.ts"
import type { EditionView, Sample } from "../render/edition-pages.ts"
import { renderDigestPage, renderEditionPage, renderNewsletterPage } from "../render/edition-pages.ts"
import { renderJoinPage } from "../render/join-page.ts"
import { renderMarkdown } from "../render/markdown.ts"
import { listingKey } from "../site/format-address.ts"
import { type AskedEdition, editionTag, readIssue, readMembersContent, readSample } from "../store/editions.ts"
import { giftsAMonth } from "../store/gifts.ts"
import { messagePage, openPage, type Page, type PageContext } from "./page.ts"

/** How many of the newest stories a sample shows. */
const sampleSize = 5

/** An edition's page or, without a date, a newsletter's page with its latest edition or a sample. */
export async function buildEdition(context: PageContext, asked: AskedEdition): Promise<Page> {
  const { site, catalogue, reading, now } = context
  const { list, language, date } = asked
  const gated = list === "digest"
  const full = mayReadAll({ id: list, gated }, reading.audience)
  const audience = gated && full ? audienceOf(reading.audience) : "public"
  const page = { ...openPage, gated, audience, tags: [editionTag(list), "e:"] }
  if (date === null) {
    const { sample, ...rest } = await findSample(context, list, language, full)
    const body =
      list === "digest"
        ? renderDigestPage({ language, sample, isMember: full }, site)
        : renderNewsletterPage(language, site, { sample })
    return { ...page, ...rest, body }
  }
  const { issue, changes } = await readIssue(catalogue, asked, site.languages, now)
  if (issue === null) return messagePage(site, language, 404, page.tags)
  return { ...page, changes, body: renderEditionPage(await viewOf(context, issue, full), site) }
}

/** The page that offers membership, but not to members. It shows only the public part of the digest. */
export async function buildJoin(context: PageContext, language: string): Promise<Page> {
  const { site, checkout, reading } = context
  const { sample, ...rest } = await findSample(context, "digest", language, false)
  const isMember = reading.audience === "members"
  const body = renderJoinPage({ language, checkout, isMember, sample, gifts: giftsAMonth }, site)
  return { ...openPage, gated: true, audience: isMember ? "members" : "public", ...rest, body }
}

/** A newsletter's latest edition or, until there is one, the newest stories; plus the page's changes and tags. */
async function findSample(context: PageContext, list: List, language: string, full: boolean) {
  const { site, catalogue, now } = context
  const listing = listingKey({ kind: "front", language })
  const wanted = { listing, size: sampleSize, languages: site.languages, now }
  const { issue, entries, changes } = await readSample(catalogue, { list, language }, wanted)
  const sample: Sample = { latest: issue && (await viewOf(context, issue, full)), newest: entries }
  return { sample, changes, tags: [editionTag(list), "e:", ...(issue === null ? [`l:${listing}`] : [])] }
}

/** The part of an edition that the reader may read. */
async function viewOf(
  { site, reading, catalogue, now }: PageContext,
  { membersHash, ...issue }: Issue & { readonly membersHash: string | null },
  full: boolean,
): Promise<EditionView> {
  const { edition } = issue
  const content =
    full && membersHash !== null && reading.audience !== "public"
      ? await readMembersContent(catalogue, reading.bodies, membersHash, now)
      : edition.content
  const options = { language: edition.language, media: {}, site, path: editionPath(edition, site), isPart: !full }
  const intro = content.intro === null ? "" : await renderMarkdown(content.intro, options)
  return { ...issue, edition: { ...edition, content }, intro, full }
}
