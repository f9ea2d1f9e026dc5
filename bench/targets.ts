// Targets for the reader benchmark: each address once, so that every request is a miss, or many times at once.
import config from "../dateline.config.ts"
import { countriesOf } from "../src/site/places.ts"
import type { Generated } from "./corpus.ts"
import type { Ask } from "./load.ts"

/** One target after another, none repeated while memory keeps it fresh, at this machine's rates. */
export function cycleOf(targets: readonly string[]): () => Ask {
  let index = 0
  return () => ({ target: targets[index++ % targets.length] ?? "/" })
}

/** Each target once per connection: all request it at once while it is not in memory, and one page is made. */
export function herdOf(targets: readonly string[], connections: number): () => Ask {
  let index = 0
  return () => ({ target: targets[Math.floor(index++ / connections) % targets.length] ?? "/" })
}

/** Existing landing pages: regions, a topic and authors with all their pages, countries in three languages. */
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
