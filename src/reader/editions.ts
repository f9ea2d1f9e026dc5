// Builds the pages of the newsletters: the headlines for everyone, the digest for members.
import { type EditionKey, editionPath } from "../article/edition.ts"
import { audienceOf, decideAccess } from "../membership/access.ts"
import { type EditionView, renderDigestPage, renderEditionPage, renderNewsletterPage } from "../render/edition-pages.ts"
import { renderMarkdown } from "../render/markdown.ts"
import { editionTag, readIssue, readMembersContent } from "../store/editions.ts"
import { noChanges } from "../store/rows.ts"
import { messagePage, openPage, type Page, type PageContext } from "./page.ts"

/** `date`: null for the newest edition, on the newsletter's own page. */
type Asked = Omit<EditionKey, "date"> & { readonly date: string | null }

/** An edition's page, or the page of a newsletter with its latest edition. */
export async function buildEdition(context: PageContext, asked: Asked): Promise<Page> {
  const { site, reading } = context
  const { list, language, date } = asked
  const tags = [editionTag(list)]
  const gated = list === "digest"
  const full = decideAccess({ id: list, gated }, reading.audience) === "full"
  const latest = await readView(context, asked, full)
  if (latest === null && date !== null) return messagePage(site, language, 404, "notFound", tags, noChanges)
  const audience = gated && full ? audienceOf(reading.audience) : "public"
  const body =
    latest !== null && date !== null
      ? renderEditionPage(latest, site)
      : list === "digest"
        ? renderDigestPage({ language, latest, member: full }, site)
        : renderNewsletterPage(language, site, { latest })
  return { ...openPage, gated, audience, changes: noChanges, tags, body }
}

/** The edition of a date or the newest, as much of it as the reader may read. */
async function readView(
  { site, catalogue, reading }: PageContext,
  asked: Asked,
  full: boolean,
): Promise<EditionView | null> {
  const issue = await readIssue(catalogue, asked, site.languages)
  if (issue === null) return null
  const { membersHash, ...open } = issue
  const { edition } = open
  const content =
    full && membersHash !== null && reading.audience !== "public"
      ? await readMembersContent(reading.bodies, membersHash)
      : edition.content
  const options = { language: asked.language, media: {}, site, path: editionPath(edition, site), isPart: !full }
  const intro = content.intro === null ? "" : await renderMarkdown(content.intro, options)
  return { ...open, edition: { ...edition, content }, intro, full }
}
