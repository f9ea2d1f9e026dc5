// What the reader's bench asks for: addresses one after the other, so that a miss is one, or many times at once.
import config from "../dateline.config.ts"
import { countriesOf } from "../src/site/places.ts"
import type { Generated } from "./corpus.ts"
import type { Ask } from "./load.ts"

/** One target after the other, never twice within the time that memory keeps it fresh at the rates of this machine. */
export function cycleOf(targets: readonly string[]): () => Ask {
  let index = 0
  return () => ({ target: targets[index++ % targets.length] ?? "/" })
}

/** Each target as often as there are connections: all ask at once for what no memory has, and one page is made. */
export function herdOf(targets: readonly string[], connections: number): () => Ask {
  let index = 0
  return () => ({ target: targets[Math.floor(index++ / connections) % targets.length] ?? "/" })
}

/** Landing pages that exist: regions, a topic and authors with all their pages, countries in three languages. */
export function listings(made: readonly Generated[]): string[] {
  const targets: string[] = []
  for (const region of Object.keys(config.regions)) {
    const pages = Math.floor(made.filter(({ path }) => path.startsWith(`/${region}/`)).length / 20)
    for (let page = 2; page <= pages; page++) targets.push(`/${region}?page=${page}`)
    for (const { slug } of countriesOf(region, config))
      targets.push(`/${region}/${slug}`, `/fr/${region}/${slug}`, `/ar/${region}/${slug}`)
  }
  for (let page = 2; page <= Math.min(500, Math.floor(made.length / 20)); page++)
    targets.push(`/topics/world?page=${page}`)
  for (let desk = 0; desk < 40; desk++)
    for (let page = 2; page <= Math.floor(made.length / 40 / 20); page++)
      targets.push(`/authors/desk-${desk}?page=${page}`)
  return targets
}
