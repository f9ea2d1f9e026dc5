// Fills a catalogue in D1 with generated articles, without bodies, through the project's own publishing code.

import config from "../dateline.config.ts"
import { parseArticle } from "../src/article/parse.ts"
import { loadLanguages } from "../src/site/messages.ts"
import { publishBatch } from "../src/store/publish.ts"

type Publication = Parameters<typeof publishBatch>[1][number]
type Stores = Parameters<typeof publishBatch>[0]
export type Catalogue = Stores["catalogue"]

interface Statement {
  bind(...values: unknown[]): Statement
  all(): Promise<Result>
}
interface Result {
  readonly results: readonly unknown[]
  readonly meta: { readonly rows_read: number }
}

// Words are folded by the rules of their language.
await loadLanguages()

/** Articles per day: fixed, so that a month has as many articles in a small catalogue as in a large one. */
const perDay = 6
/** The newest article's day. */
const newest = Date.UTC(2026, 9, 31)
const filler = "water road border clinic harvest ministry council teacher bridge grain winter village river market"

/** The word that only this article contains. */
export function rareWord(number: number): string {
  return `zq${number.toString(36)}rare`
}

/** Publishes articles `from` to `to` (exclusive); 0 is the newest. Every fourth has a French version. */
export async function fillCatalogue(db: Catalogue, from: number, to: number): Promise<void> {
  const nowhere = { put: async () => undefined } as unknown as Stores["bodies"]["articles"]
  const stores = { catalogue: db, bodies: { articles: nowhere, members: nowhere } }
  for (let start = from; start < to; start += 250) {
    const batch: Publication[] = []
    for (let number = start; number < Math.min(to, start + 250); number++) batch.push(composePublication(number))
    const by = { who: "bench", message: "" }
    if (!(await publishBatch(stores, batch, by, newest))) throw new Error(`${start}: refused`)
  }
}

/** The path of article `number`: all are in one country, so that its list is as long as the catalogue. */
export function addressOf(number: number): string {
  const base = `/asia/tajikistan/story-${number - (number % 4)}`
  return number % 4 === 1 ? `/fr${base}` : number % 4 === 0 ? base : `/asia/tajikistan/story-${number}`
}

function composePublication(number: number): Publication {
  const path = addressOf(number)
  const french = path.startsWith("/fr/")
  // Some are under embargo and some will expire: the query for the next of them must not read them all.
  const embargoed = number % 100 === 99
  const day = embargoed ? "2027-06-01" : dayOf(newest - Math.floor(number / perDay) * 86_400_000)
  const expires = number % 50 === 7 ? "expires: 2028-01-01\n" : ""
  const words = filler.split(" ")
  const text = `${words[number % words.length]} ${filler} ${rareWord(number)} ${filler}`
  const translation = french ? `translationOf: ${path.slice(3)}\n` : ""
  const source = `---\ntitle: Story ${number}\nsummary: A story of the ${words[number % words.length]}.\ndate: ${day}\ntopics: [water]\n${expires}${translation}---\n${text}\n`
  const { article } = parseArticle(`${path.slice(1)}.md`, source, config)
  if (article === null) throw new Error(`article ${number} is wrong`)
  return {
    article,
    base: 0,
    digest: String(number),
    media: {},
    words: 600,
    searched: { text, labels: "water" },
    action: "publish",
  }
}

function dayOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10)
}

/** A database that counts the rows that its statements read, as D1 reports them. */
export function countRows(db: Catalogue): { db: Catalogue; take(): number } {
  let rows = 0
  const note = (result: Result): Result => {
    rows += result.meta.rows_read
    return result
  }
  const statements = new WeakMap<object, Statement>()
  const wrap = (statement: Statement) => {
    const wrapped = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      all: async () => note(await statement.all()),
      first: async () => note(await statement.all()).results[0] ?? null,
    }
    statements.set(wrapped, statement)
    return wrapped
  }
  const counting = {
    prepare: (query: string) => wrap(db.prepare(query) as unknown as Statement),
    batch: async (asked: Statement[]) => {
      const results: Result[] = await db.batch(asked.map((one) => statements.get(one) ?? one) as never)
      return results.map(note)
    },
  }
  return {
    db: counting as unknown as Catalogue,
    take() {
      const taken = rows
      rows = 0
      return taken
    },
  }
}
