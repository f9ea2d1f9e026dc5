// `npm run bench -- render`: an article's text and its page, compared with marked alone on the same text.
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { marked } from "marked"
import config from "../dateline.config.ts"
import type { Story } from "../src/article/article.ts"
import { parseArticle } from "../src/article/parse.ts"
import { renderArticlePage } from "../src/render/article-page.ts"
import { renderMarkdown } from "../src/render/markdown.ts"
import { composeArticle } from "./corpus.ts"
import { type BenchOptions, type Figures, formatSpread, printTable, round, spreadOf } from "./report.ts"

const site = { ...config, origin: "http://localhost:8787" }
/** A fixed clock, because pages say how old a story is. */
const now = Date.UTC(2026, 10, 24)
const html = `<div class="note">An <b>author's</b> own <kbd>HTML</kbd></div>`

/** Microseconds per article: marked alone, our text, text and page, parsing at the desk; kilobytes allocated. */
export async function benchRender({ rounds }: BenchOptions): Promise<Figures> {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  const texts = [
    { name: "1 KB", source: composeArticle(7, 1000).source },
    { name: "4 KB", source: composeArticle(7, 4000).source },
    { name: "40 KB", source: composeArticle(7, 40_000).source },
    { name: "4 KB with raw HTML", source: `${composeArticle(7, 4000).source}\n\n${html}\n` },
  ]
  const figures: Figures = {}
  const rows: string[][] = []
  for (const { name, source } of texts) {
    const works = prepareWorks(source)
    const times = await measure(works, rounds, Math.ceil(600_000 / source.length))
    const ofMarked = (of: string) =>
      spreadOf((times.get(of) ?? []).map((time, index) => time / (times.get("marked")?.[index] ?? 1)))
    const micros = [...works.keys()].map((of) => spreadOf(times.get(of) ?? []).median.toFixed(0))
    const kilobytes = await allocated(works.get("page") as Work, collect)
    rows.push([name, ...micros, formatSpread(ofMarked("text")), formatSpread(ofMarked("page")), kilobytes.toFixed(0)])
    const key = name.replaceAll(/\W+/g, "")
    figures[`text${key}`] = round(ofMarked("text").median)
    figures[`page${key}`] = round(ofMarked("page").median)
  }
  const head = ["µs an article", "marked", "text", "text + page", "parse at the desk"]
  printTable([...head, "text of marked", "page of marked", "KB allocated"], rows)
  return figures
}

type Work = () => unknown

function prepareWorks(source: string): Map<string, Work> {
  const file = "asia/nepal/text.md"
  const { article, problems } = parseArticle(file, source, site)
  if (article === null) throw new Error(`the text is wrong: ${problems[0]?.message}`)
  const story = tellStory(article)
  const renderText = () => renderMarkdown(article.open, { language: "en", media: {}, site })
  return new Map<string, Work>([
    ["marked", () => marked(article.open)],
    ["text", renderText],
    [
      "page",
      async () => renderArticlePage({ story, html: await renderText(), audience: "public", full: true, now }, site),
    ],
    ["parse", () => parseArticle(file, source, site)],
  ])
}

async function measure(works: Map<string, Work>, rounds: number, repeats: number): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>([...works.keys()].map((name) => [name, []]))
  // The first rounds warm up the compiler, which takes longer for more code.
  for (let index = -40; index < rounds * 3; index++)
    for (const [name, work] of works) {
      const began = performance.now()
      for (let repeat = 0; repeat < repeats; repeat++) await work()
      if (index >= 0) times.get(name)?.push((1000 * (performance.now() - began)) / repeats)
    }
  return times
}

/** Kilobytes that one run allocates, nearly all of which is immediately garbage. */
async function allocated(work: Work, collect: () => void): Promise<number> {
  collect()
  const before = process.memoryUsage().heapUsed
  for (let repeat = 0; repeat < 20; repeat++) await work()
  return Math.max(0, process.memoryUsage().heapUsed - before) / 20 / 1024
}

function tellStory(article: NonNullable<ReturnType<typeof parseArticle>["article"]>): Story {
  const { path, language, region, country, front, publishedAt, updatedAt, expiresAt, division } = article
  const label = (name: string) => ({ slug: name.toLowerCase().replaceAll(" ", "-"), name })
  const entry = {
    ...{ path, language, region, country, title: front.title, summary: front.summary, publishedAt, updatedAt },
    ...{
      words: 600,
      access: front.access,
      gated: false,
      topics: front.topics.map(label),
      authors: front.authors.map(label),
    },
    ...{ image: null, map: false },
  }
  const related = Array.from({ length: 4 }, (_, index) => ({ ...entry, path: `${path}-${index}` }))
  const translations = [{ language, path, title: front.title }]
  const more = { rights: null, corrections: [], media: {}, card: null }
  const known = { revision: 1, expiresAt, revisedAt: now, division: division === "unread" ? "none" : division } as const
  return { ...entry, ...more, ...known, translations, related }
}
