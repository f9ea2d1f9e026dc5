// Draws social cards once a publish is live, for articles that have none or whose title changed.
import { hash } from "node:crypto"
import { geoCentroid } from "d3-geo"
import config from "../../dateline.config.ts"
import { parseContent } from "../article/kinds.ts"
import { largestCard } from "../desk/schema.ts"
import { direction } from "../site/messages.ts"
import { countriesOf, countryBySlug, countryName, regionName } from "../site/places.ts"
import { type DeskClient, expectAnswer, fetchHeads, flushAfter, type Head } from "./desk-client.ts"
import type { Card } from "./draw-card.ts"
import type { Report } from "./output.ts"
import type { RunOutput } from "./send-articles.ts"

/** Increment this when the design of cards changes: the next publish then redraws every card. */
const cardDesign = 1
const cardsARequest = 20

/** The parts of a live article that its card depends on. `card`: the name of the card that the site has. */
type Carded = Pick<Head, "path" | "title" | "revision" | "card">

/** What an article's card shows, never members-only text. Null for content that is not an article. */
function describeCard({ path, title }: Carded): Card | null {
  const { kind, address } = parseContent(path, config)
  if (kind !== "article" || address === null) return null
  const { language, region } = address
  const country = countryBySlug(address.country)
  return {
    name: config.name,
    place: country === null ? regionName(region, language, config) : countryName(country, language),
    title,
    direction: direction(language),
    spot: country === null ? middleOf(region) : { ...country, dot: true },
  }
}

/** The centroid of a region's countries. No dot marks it, because there may be nothing there. */
function middleOf(region: string): Card["spot"] {
  const coordinates = countriesOf(region, config).map(({ latitude, longitude }) => [longitude, latitude])
  const [longitude, latitude] = geoCentroid({ type: "MultiPoint", coordinates })
  return { latitude: Math.round(latitude), longitude: Math.round(longitude), dot: false }
}

/** Draws the missing or outdated cards of live articles. A failure is reported, and the next publish tries again. */
export async function drawMissingCards(desk: DeskClient, live: readonly Carded[], output: RunOutput): Promise<void> {
  const missing = live.flatMap((article) => {
    const card = describeCard(article)
    if (card === null) return []
    const drawn = nameCard(card)
    return article.card === drawn ? [] : [{ path: article.path, revision: article.revision, drawn, card }]
  })
  await sendCards(desk, missing, output).catch((error) => output.warn(explainFailure(error)))
}

/** Draws the card of one live article, if its address or title has changed. */
export async function drawCardOf(desk: DeskClient, path: string, warn: Report): Promise<void> {
  try {
    const head = (await fetchHeads(desk)).get(path)
    if (head !== undefined) await drawMissingCards(desk, [head], { warn, progress: () => undefined })
  } catch (error) {
    warn(explainFailure(error as Error))
  }
}

const explainFailure = ({ message }: Error) =>
  `The articles are live, but some social cards could not be drawn: ${message}`

/** A card to draw for a revision of an article. `drawn`: the card's name, which the desk lists once it has the card. */
interface MissingCard extends Pick<Carded, "path" | "revision"> {
  readonly drawn: string
  readonly card: Card
}

async function sendCards(desk: DeskClient, missing: readonly MissingCard[], { warn, progress }: RunOutput) {
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
      if (cards.length > 0) await expectAnswer(desk.cards.$post({ json: { last: false, cards } }))
      progress(Math.min(from + cardsARequest, missing.length), missing.length, "cards")
    }
  })
}

function nameCard({ name, place, title, spot }: Card): string {
  const all = [cardDesign, name, place, title, spot.latitude, spot.longitude]
  return hash("sha256", JSON.stringify(all))
}
