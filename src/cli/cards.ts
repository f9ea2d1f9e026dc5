// Draws social cards once a publish is live, for articles that have none or whose title changed.
import { hash } from "node:crypto"
import { geoCentroid } from "d3-geo"
import config from "../../dateline.config.ts"
import type { Article } from "../article/article.ts"
import { parseContent } from "../article/kinds.ts"
import { largestCard } from "../desk/schema.ts"
import { direction } from "../site/messages.ts"
import { countriesOf, countryBySlug, countryName, regionName } from "../site/places.ts"
import { type DeskClient, expectAnswer, fetchHeads, flushAfter, type Head } from "./desk-client.ts"
import type { Card } from "./draw-card.ts"
import type { RunOutput } from "./send-articles.ts"

/** Increment this when the design of cards changes: the next publish then redraws every card. */
const cardDesign = 1
const cardsARequest = 20

/** The parts of an article that its card shows. */
type Carded = Pick<Article, "kind" | "path" | "language" | "region" | "country"> & {
  readonly front: { readonly title: string }
}

/** What an article's card shows. It contains nothing that is for members only. */
function describeCard({ front, language, region, country }: Carded): Card {
  const found = country === null ? null : countryBySlug(country)
  return {
    name: config.name,
    place: found === null ? regionName(region, language, config) : countryName(found, language),
    title: front.title,
    direction: direction(language),
    spot: found === null ? middleOf(region) : { ...found, dot: true },
  }
}

/** The centroid of a region's countries. It is not a place, so it has no dot. */
function middleOf(region: string): Card["spot"] {
  const coordinates = countriesOf(region, config).map(({ latitude, longitude }) => [longitude, latitude])
  const [longitude, latitude] = geoCentroid({ type: "MultiPoint", coordinates })
  return { latitude: Math.round(latitude), longitude: Math.round(longitude), dot: false }
}

/**
 * Draws the cards of articles just published, and those that an earlier run did not get to: the article is live as in the
 * folder, but its card is missing or out of date. A failure is reported, and the next publish tries again.
 */
export async function drawMissingCards(
  desk: DeskClient,
  articles: readonly { readonly article: Carded; readonly digest: string }[],
  heads: ReadonlyMap<string, Head>,
  published: readonly { readonly path: string; readonly revision: number }[],
  output: RunOutput,
): Promise<void> {
  const revisions = new Map(published.map(({ path, revision }) => [path, revision]))
  const missing = articles.flatMap(({ article, digest }) => {
    if (article.kind !== "article") return []
    const { path } = article
    const head = heads.get(path)
    const isLive = head !== undefined && head.status !== "gone" && head.digest === digest
    const revision = revisions.get(path) ?? (isLive ? head.revision : null)
    const card = describeCard(article)
    const drawn = nameCard(card)
    return revision === null || head?.card === drawn ? [] : [{ path, revision, drawn, card }]
  })
  await sendCards(desk, missing, output).catch((error) => output.warn(explainFailure(error)))
}

/** Draws the card of one live article, if its address or title has changed. */
export async function drawCardOf(desk: DeskClient, path: string, warn: (line: string) => void): Promise<void> {
  try {
    const heads = await fetchHeads(desk)
    const head = heads.get(path)
    const carded = head === undefined ? [] : recallCarded(head)
    await drawMissingCards(desk, carded, heads, [], { warn, progress: () => undefined })
  } catch (error) {
    warn(explainFailure(error as Error))
  }
}

const explainFailure = ({ message }: Error) =>
  `The articles are live, but some social cards could not be drawn: ${message}`

/** What the card of an article shows that is live as the site lists it; none if it has no address for one. */
export function recallCarded({ path, digest, title }: Head) {
  const { address } = parseContent(path, config)
  return address ? [{ digest, article: { ...address, front: { title } } }] : []
}

/** A card to draw for a revision of an article. `drawn` is the card's name, listed by the desk once it has the card. */
interface MissingCard {
  readonly path: string
  readonly revision: number
  readonly drawn: string
  readonly card: Card
}

async function sendCards(
  desk: DeskClient,
  missing: readonly MissingCard[],
  { warn, progress }: RunOutput,
): Promise<void> {
  if (missing.length === 0) return
  // Loaded only now: the canvas is native code, which most runs don't need and some machines may lack.
  const { drawCard } = await import("./draw-card.ts")
  const draw = async ({ card, ...about }: MissingCard) => {
    const bytes = await drawCard(card)
    if (bytes === null || bytes.length > largestCard) return []
    const sha256 = hash("sha256", bytes)
    return [{ ...about, sha256, base64: bytes.toString("base64") }]
  }
  await flushAfter(desk, warn, async () => {
    for (let from = 0; from < missing.length; from += cardsARequest) {
      const cards = (await Promise.all(missing.slice(from, from + cardsARequest).map(draw))).flat()
      if (cards.length > 0) await expectAnswer(await desk.cards.$post({ json: { last: false, cards } }))
      progress(Math.min(from + cardsARequest, missing.length), missing.length, "cards")
    }
  })
}

function nameCard({ name, place, title, spot }: Card): string {
  const all = [cardDesign, name, place, title, spot.latitude, spot.longitude]
  return hash("sha256", JSON.stringify(all))
}
