// Generates articles for the benchmarks, the same every time, spread over all the site's countries.
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import config from "../dateline.config.ts"
import { countriesOf } from "../src/site/places.ts"

const words =
  `water border school market road winter harvest ministry council village river clinic teacher farmer summit report
official season region capital family supply fuel grain bridge station northern southern local public recent several
said agreed opened closed announced expected delivered reached crossed repaired planned the a of in to and for with from
after before while`.split(/\s+/)

/** A seeded random number generator, so that every run has the same articles. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

export interface Generated {
  readonly path: string
  readonly file: string
  readonly source: string
  /** A word that only this article contains. */
  readonly rare: string
}

const places = Object.keys(config.regions).flatMap((region) =>
  countriesOf(region, config).map((country) => `${region}/${country.slug}`),
)

/** The article of this number, about `bytes` long: headings, lists, a link, a quotation, no raw HTML. */
export function composeArticle(number: number, bytes = 4000, more = ""): Generated {
  const random = createRandom(number + 1)
  const pick = () => words[Math.floor(random() * words.length)] ?? "water"
  const sentence = () => {
    const length = 8 + Math.floor(random() * 14)
    const text = Array.from({ length }, pick).join(" ")
    return `${text[0]?.toUpperCase()}${text.slice(1)}.`
  }
  const paragraph = () => Array.from({ length: 3 + Math.floor(random() * 3) }, sentence).join(" ")
  const rare = `rarity${number.toString(36)}x`
  const parts = [`${paragraph()} It names “${rare}” and the *${pick()}* of the **${pick()}**.`]
  let size = 0
  for (let index = 0; size < bytes - 600; index++) {
    const kind = index % 6
    const part =
      kind === 1
        ? `## ${sentence().slice(0, -1)}\n\n${paragraph()}`
        : kind === 3
          ? `- ${sentence()}\n- ${sentence()}\n- [${pick()} ${pick()}](https://example.org/${pick()})`
          : kind === 5
            ? `> ${sentence()}`
            : paragraph()
    parts.push(part)
    size += part.length
  }
  const place = places[number % places.length] ?? ""
  const slug = `${pick()}-${pick()}-${number}`
  // The same number of articles per day at every size: a larger site is an older one.
  const day = new Date(Date.UTC(2026, 10, 20) - Math.floor(number / 16) * 86_400_000).toISOString().slice(0, 10)
  const front = `title: "${sentence().slice(0, 60).trim()} ${number}"\nsummary: "${sentence()}"\ndate: ${day}\nauthors: [Desk ${number % 40}]\ntopics: [${pick()}, world]\n${more}`
  return {
    path: `/${place}/${slug}`,
    file: `${place}/${slug}.md`,
    source: `---\n${front}---\n${parts.join("\n\n")}\n`,
    rare,
  }
}

/** Writes articles `from` to `to` (exclusive) below a content folder. */
export function writeArticles(content: string, from: number, to: number, bytes = 4000): Generated[] {
  const made: Generated[] = []
  for (let number = from; number < to; number++) {
    const article = composeArticle(number, bytes)
    const target = join(content, article.file)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, article.source)
    made.push(article)
  }
  return made
}
