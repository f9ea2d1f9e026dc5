// Social cards of a publish: drawn after the texts are live, for whatever has none or shows another title by now.
import { createHash } from "node:crypto"
import config from "../../dateline.config.ts"
import type { Article } from "../article/article.ts"
import { parseArticle } from "../article/parse.ts"
import { largestCard } from "../desk/schema.ts"
import { direction } from "../site/messages.ts"
import { countriesOf, countryBySlug, countryName, regionName } from "../site/places.ts"
import type { SiteConfig } from "../site/site.ts"
import { type DeskClient, expectAnswer, fetchHeads, fetchSource, flushAfter, type Head } from "./desk-client.ts"
import type { Card, drawCard, Spot } from "./draw-card.ts"

/** An article at a revision whose card is to be drawn. */
export interface OwedCard {
  readonly path: string
  readonly revision: number
  /** Names all that the card shows and how: what the desk's list tells of the card that is there. */
  readonly drawn: string
  readonly card: Card
}

/** Whoever changes how cards look counts this up: every card is then drawn anew by the next publish. */
const cardDesign = 1
const cardsARequest = 20

/** As much of an article as its card shows. */
type Carded = Pick<Article, "path" | "language" | "region" | "country"> & { readonly front: { readonly title: string } }

/** What an article's card shows: nothing that is for members. */
export function describeCard({ front, language, region, country }: Carded, site: SiteConfig): Card {
  const found = country === null ? null : countryBySlug(country)
  return {
    name: site.name,
    place: found === null ? regionName(region, language, site) : countryName(found, language),
    title: front.title,
    direction: direction(language),
    spot: found === null ? middleOf(region, site) : { ...found, dot: true },
  }
}

interface CardOptions {
  readonly report?: (line: string) => void
  /** Called with how many of how many cards are drawn and sent. */
  readonly cardProgress?: (done: number, all: number) => void
}

/**
 * Draws the cards of what was just published, and those that an earlier run still owes. A card that cannot be drawn
 * holds nothing back: it is reported, and tried again by the next publish.
 */
export async function drawOwedCards(
  desk: DeskClient,
  articles: readonly { readonly article: Carded; readonly digest: string }[],
  heads: ReadonlyMap<string, Head>,
  published: readonly { readonly path: string; readonly revision: number }[],
  options: CardOptions,
): Promise<void> {
  try {
    await sendCards(desk, chooseOwedCards(articles, heads, published, config), options)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    options.report?.(`The texts are live, but not all social cards could be drawn: ${why}`)
  }
}

/** Draws the card of one article as it is live now, where its address or title is another than before. */
export async function drawCardOf(desk: DeskClient, path: string, warn: (line: string) => void): Promise<void> {
  try {
    const [live, heads] = await Promise.all([fetchSource(desk, path), fetchHeads(desk)])
    const article = live === null ? null : parseArticle(`${path.slice(1)}.md`, live.source, config).article
    if (live === null || article === null) return
    const owed = chooseOwedCards([{ article, digest: "" }], heads, [{ path, revision: live.revision }], config)
    await sendCards(desk, owed, { report: warn })
  } catch (error) {
    warn(`The text is live, but its social card could not be drawn: ${error instanceof Error ? error.message : error}`)
  }
}

/** The articles whose live revision is the folder's, and whose card is not there or shows something else. */
export function chooseOwedCards(
  articles: readonly { readonly article: Carded; readonly digest: string }[],
  heads: ReadonlyMap<string, Pick<Head, "revision" | "digest" | "status" | "card">>,
  published: readonly { readonly path: string; readonly revision: number }[],
  site: SiteConfig,
): OwedCard[] {
  const now = new Map(published.map(({ path, revision }) => [path, revision]))
  const owed: OwedCard[] = []
  for (const { article, digest } of articles) {
    const { path } = article
    const head = heads.get(path)
    const same = head !== undefined && head.status !== "gone" && head.digest === digest
    const revision = now.get(path) ?? (same ? head.revision : null)
    if (revision === null) continue
    const card = describeCard(article, site)
    const drawn = nameCard(card)
    // A revision that keeps the title keeps the card.
    const kept = head?.card === drawn
    if (!kept) owed.push({ path, revision, drawn, card })
  }
  return owed
}

async function sendCards(
  desk: DeskClient,
  owed: readonly OwedCard[],
  { report = () => undefined, cardProgress }: CardOptions,
): Promise<void> {
  if (owed.length === 0) return
  // Only now: the canvas is native code, which most runs don't need and some machine may not have.
  const { drawCard: draw } = await import("./draw-card.ts")
  await flushAfter(desk, report, async () => {
    for (let from = 0; from < owed.length; from += cardsARequest) {
      const batch = owed.slice(from, from + cardsARequest)
      const cards = (await Promise.all(batch.map((one) => drawOwed(one, draw)))).filter((card) => card !== null)
      if (cards.length > 0) await expectAnswer(await desk.cards.$post({ json: { last: false, cards } }))
      cardProgress?.(Math.min(from + cardsARequest, owed.length), owed.length)
    }
  })
}

async function drawOwed({ path, revision, drawn, card }: OwedCard, draw: typeof drawCard) {
  const bytes = await draw(card)
  if (bytes === null || bytes.length > largestCard) return null
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  return { path, revision, drawn, sha256, base64: bytes.toString("base64") }
}

function nameCard({ name, place, title, spot }: Card): string {
  const { latitude, longitude } = spot
  const all = [cardDesign, name, place, title, latitude, longitude]
  return createHash("sha256").update(JSON.stringify(all)).digest("hex")
}

/** The middle of a region's countries on the globe; no place of its own. */
function middleOf(region: string, site: SiteConfig): Spot {
  const radians = Math.PI / 180
  let [x, y, z] = [0, 0, 0]
  for (const { latitude, longitude } of countriesOf(region, site)) {
    const flat = Math.cos(latitude * radians)
    x += flat * Math.cos(longitude * radians)
    y += flat * Math.sin(longitude * radians)
    z += Math.sin(latitude * radians)
  }
  const latitude = Math.round(Math.atan2(z, Math.hypot(x, y)) / radians)
  return { latitude, longitude: Math.round(Math.atan2(y, x) / radians), dot: false }
}
