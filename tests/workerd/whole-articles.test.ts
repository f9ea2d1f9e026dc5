import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { hashContent } from "../../src/store/bodies.ts"
import { type Counts, countPage, countSource } from "./counts.ts"
import { compose, createRig, env, origin, type Rig } from "./rig.ts"

const guide = await readFolder("opensource-guide")
const items = await readFolder("hiu-state")
const languages = [...new Set(["en", "fr", "ar", "fa", "tg", "zh-hans", ...guide.map(({ language }) => language)])]
const site = { ...config, origin, languages: languages as [string, ...string[]] }
let rig: Rig

interface Sample {
  readonly name: string
  readonly title: string
  readonly language: string
  readonly body: string
}

/** Articles in CORPORA with their languages; without it, none. */
async function readFolder(folder: string): Promise<Sample[]> {
  const { CORPORA } = env as unknown as { CORPORA: Fetcher }
  const files: { name: string; source: string }[] = await (await CORPORA.fetch(`http://corpora/${folder}`)).json()
  return files.map(({ name, source }) => {
    const [front = ""] = /^\uFEFF?---\r?\n[\s\S]*?\r?\n---[ \t]*(?:\r?\n|$)/.exec(source) ?? []
    const title = /^title: *["']?(.+?)["']? *$/m.exec(front)?.[1] ?? "A title"
    const language = /^_articles\/([a-z-]+)\//.exec(name)?.[1] ?? "en"
    return { name, title: title.slice(0, 150), language, body: source.slice(front.length) }
  })
}

/** Publishes the samples, ten per request, and requests each as a reader. @returns the faults, and totals */
async function show(samples: readonly Sample[]): Promise<{ wrong: unknown[]; sum: Counts }> {
  const wrong: unknown[] = []
  const sum = { headings: 0, links: 0, code: 0 }
  const placed = samples.map((sample, index) => {
    const prefix = sample.language === "en" ? "" : `/${sample.language}`
    return { ...sample, path: `${prefix}/europe/ukraine/article-${index}` }
  })
  for (let from = 0; from < placed.length; from += 10) {
    const articles = await Promise.all(
      placed.slice(from, from + 10).map(async ({ path, title, body }) => {
        const source = compose({ title }, body)
        return { path, base: 0, media: {}, source, digest: await hashContent(`${source}\n{}`) }
      }),
    )
    const answer = await rig.desk("POST", "/publish", { articles, force: true })
    const { problems } = (await answer.json()) as { problems: unknown[] }
    if (answer.status !== 200 || problems.length > 0) wrong.push(answer.status, ...problems)
  }
  for (const { name, path, body } of placed) {
    // A busy machine may answer 503 too; if it persists, it is a failure.
    let answer = await rig.get(path)
    for (let times = 0; answer.status === 503 && times < 5; times++) answer = await rig.get(path)
    const page = await answer.text()
    if (answer.status !== 200) {
      wrong.push([name, answer.status])
      continue
    }
    const { counts, errors } = countPage(page)
    const wanted = countSource(body)
    if (errors.length > 0 || JSON.stringify(counts) !== JSON.stringify(wanted))
      wrong.push([name, errors, counts, wanted])
    for (const key of ["headings", "links", "code"] as const) sum[key] += counts[key]
  }
  return { wrong, sum }
}

beforeAll(async () => {
  // A page waits up to 1.4 s for its stores, but the tests' loader may take longer to load the sanitizer.
  await renderMarkdown("<b>x</b>", { language: "en", media: {}, site })
  rig = await createRig({ site })
})

const word = fc.constantFrom(
  "water",
  "power",
  "вода",
  "ماء",
  "水",
  "“said”",
  "R&D",
  "a < b",
  "1990--1995",
  '"so"',
  "it's",
)
const words = fc.array(word, { minLength: 1, maxLength: 8 }).map((all) => all.join(" "))
const inline = fc.oneof(
  { weight: 3, arbitrary: words },
  words.map((text) => `**${text}**`),
  words.map((text) => `[${text}](/asia)`),
  words.map((text) => `[*${text}*](https://other.example/x "t")`),
  words.map((text) => `![${text}](https://other.example/x.png)`),
  fc.constantFrom(
    "<https://a.example>",
    "https://bare.example",
    "`code`",
    '<a href="/asia">x</a>',
    "<kbd>k</kbd>",
    "[x](javascript:y)",
  ),
)
const paragraph = fc.array(inline, { minLength: 1, maxLength: 6 }).map((all) => all.join(" "))
const block = fc.oneof(
  { weight: 3, arbitrary: paragraph },
  fc.tuple(fc.integer({ min: 1, max: 6 }), words).map(([level, text]) => `${"#".repeat(level)} ${text}`),
  words.map((text) => `${text}\n---`),
  paragraph.map((text) => `~~~js\n${text}\n~~~`),
  words.map((text) => `    ${text}`),
  fc.array(paragraph, { minLength: 1, maxLength: 4 }).map((all) => all.map((text) => `- ${text}`).join("\n")),
  paragraph.map((text) => `> # ${text}\n> ${text}`),
  fc.tuple(words, paragraph).map(([head, cell]) => `| ${head} |\n|---|\n| ${cell} |`),
  paragraph.map((text) => `<aside>\n\n${text}\n\n</aside>`),
  words.map((text) => `<div><h3>${text}</h3><pre>${text.replaceAll("<", "")}</pre>`),
  fc.constantFrom("***", "<!-- a note -->", "<p>open", "</div>"),
)
const text = fc.array(block, { minLength: 1, maxLength: 15 }).map((all) => `${all.join("\n\n")}\n`)

it("shows every heading, link and code block of any article without parse errors", async () => {
  const sample = fc.record({ body: text, language: fc.constantFrom(...languages) })
  await fc.assert(
    fc.asyncProperty(fc.array(sample, { minLength: 5, maxLength: 10 }), async (all) => {
      const { wrong } = await show(all.map((one) => ({ name: one.body, title: "A title", ...one })))
      expect(wrong).toEqual([])
    }),
    { numRuns: 12, endOnFailure: true },
  )
})

describe.skipIf(guide.length === 0)("foreign articles", { timeout: 300_000 }, () => {
  it("from the guide (350 in 29 languages) are shown in full", async () => {
    const { wrong, sum } = await show(guide)
    expect(wrong).toEqual([])
    expect(guide).toHaveLength(350)
    expect(new Set(guide.map(({ language }) => language)).size).toBe(29)
    expect(sum).toEqual({ headings: 4682, links: 10830, code: 16 })
  })

  it("from the humanitarian unit (211 short ones) are shown in full", async () => {
    const { wrong, sum } = await show(items)
    expect(wrong).toEqual([])
    expect(items).toHaveLength(211)
    expect(sum).toEqual({ headings: 0, links: 36, code: 0 })
  })
})
