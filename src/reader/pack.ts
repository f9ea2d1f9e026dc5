// Builds a country's pack: its latest open stories in one file, for reading offline.
import { renderMarkdown } from "../render/markdown.ts"
import { renderPack } from "../render/pack.ts"
import type { PackAddress } from "../site/addresses.ts"
import { formatAddress, listingKey } from "../site/format-address.ts"
import { readOpenBody } from "../store/bodies.ts"
import { readOpenStories } from "../store/listings.ts"
import { messagePage, openPage, type Page, type PageContext } from "./page.ts"

const mostStories = 20
/** Stories after this many characters of text are left out: a pack is kept on phones. */
const mostText = 600_000

export async function buildPack({ site, catalogue, reading, now }: PageContext, address: PackAddress): Promise<Page> {
  const { language } = address
  const country = { ...address, kind: "country" } as const
  const key = listingKey(country)
  const { stories, changes } = await readOpenStories(catalogue, key, mostStories, now)
  const tags = [`l:${key}`]
  if (stories.length === 0) return messagePage(site, language, 404, tags, changes)
  const texts = await Promise.all(stories.map(({ hashes }) => readOpenBody(reading.bodies, hashes)))
  const shown = await Promise.all(
    stories.slice(0, countFitting(texts)).map(async ({ record }, index) => {
      const { path, media } = record
      // Without pictures and embedded media, which would be missing offline: links stand in their place.
      const options = { language, media, site, path, idPrefix: `s${index + 1}-`, plain: true }
      return { record, html: await renderMarkdown(texts[index] ?? "", options) }
    }),
  )
  const body = renderPack({ address: country, stories: shown, now }, site)
  const link = `<${site.origin}${formatAddress(country, site)}>; rel="canonical"`
  return { ...openPage, headers: { "X-Robots-Tag": "noindex", Link: link }, changes, tags, body }
}

/** How many of the texts, in order, fit into a pack; the first always does. */
function countFitting(texts: readonly string[]): number {
  let length = 0
  for (const [index, text] of texts.entries()) {
    length += text.length
    if (index > 0 && length > mostText) return index
  }
  return texts.length
}
