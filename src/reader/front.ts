// Builds the front page and chooses its stories: none twice, and as many as fill their rows.
import type { Entry } from "../article/article.ts"
import { type FrontView, renderFrontPage } from "../render/front-page.ts"
import { listingKey } from "../site/format-address.ts"
import { readListings } from "../store/listings.ts"
import { openPage, type Page, type PageContext } from "./page.ts"

/** How many stories: in the second tier, at most among the latest, and at most for each region. */
const tier = 3
const mostLatest = 8
const mostOfRegion = 4
const most = 1 + tier + mostLatest
/** Numbers of stories that leave no gap in rows of two, three or four. */
const full = [8, 6, 4, 3, 2, 1, 0]

type Choice = Omit<FrontView, "language">
type Region = Choice["regions"][number]

/**
 * Chooses the stories of the front page from the newest and those of each region. `chosen`: the lead that an editor
 * set, if any. The lead and the second tier prefer stories with a picture.
 */
export function chooseFront(chosen: Entry | null, newest: readonly Entry[], regions: readonly Region[]): Choice {
  const lead = chosen ?? newest.find(({ image }) => image !== null) ?? newest[0] ?? null
  const shown = new Set([lead?.path])
  const takeFresh = (entries: readonly Entry[], count: number): Entry[] => {
    const taken = entries.filter(({ path }) => !shown.has(path)).slice(0, count)
    for (const { path } of taken) shown.add(path)
    return taken
  }
  const pictured = newest.filter(({ image }) => image !== null)
  const second = takeFresh([...new Set([...pictured, ...newest])], tier)
  const left = newest.filter(({ path }) => !shown.has(path)).length
  const latest = takeFresh(newest, full.find((count) => count <= Math.min(left, mostLatest)) ?? 0)
  const sections = regions.map(({ region, entries }) => ({ region, entries: takeFresh(entries, mostOfRegion) }))
  return { lead, second, latest, regions: sections.filter(({ entries }) => entries.length > 0) }
}

/** The front page in a language. One D1 trip. */
export async function buildFront({ site, catalogue, now }: PageContext, language: string): Promise<Page> {
  const regions = Object.keys(site.regions)
  const front = listingKey({ kind: "front", language })
  // Enough for a region to fill its own section even if every story above it is from that region.
  const wanted = [
    { listing: front, size: most },
    ...regions.map((region) => ({
      listing: listingKey({ kind: "region", language, region }),
      size: most + mostOfRegion,
    })),
  ]
  const { lists, lead, changes } = await readListings(catalogue, wanted, now)
  const [newest = [], ...byRegion] = lists
  const sections = regions.map((region, index) => ({ region, entries: byRegion[index] ?? [] }))
  const body = renderFrontPage({ language, ...chooseFront(lead, newest, sections) }, site)
  return { ...openPage, changes, tags: [`l:${front}`], body }
}
