import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import config from "../../dateline.config.ts"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { normaliseHtml } from "./parsed.ts"

const corpora = process.env.CORPORA
// A stand-alone text, like the specification's examples. For texts under a title, see the last test with the corpora.
const options = { language: "en", media: {}, site: config, titled: false }
const off = { exact: true, figures: false }

interface Example {
  readonly example: number
  readonly markdown: string
  readonly html: string
}

async function differs({ markdown, html }: Example, switches: Partial<typeof off>): Promise<boolean> {
  return normaliseHtml(await renderMarkdown(markdown, { ...options, ...switches })) !== normaliseHtml(html)
}

/** The example numbers by rule in docs/commonmark.md. */
function readDocumented(): Map<string, number[]> {
  const rows = readFileSync("docs/commonmark.md", "utf8").match(/^\| `[a-z]+` \|.*$/gm) ?? []
  return new Map(
    rows.map((row) => {
      const [, name = "", , numbers = ""] = row.split("|")
      return [name.replace(/[ `]/g, ""), (numbers.match(/\d+/g) ?? []).map(Number)]
    }),
  )
}

describe("CommonMark", () => {
  test.each([
    ["# a\n\nb\n===", "<h1>a</h1><h1>b</h1>"],
    [
      "*a **b** c* __d__ ***e***",
      "<p><em>a <strong>b</strong> c</em> <strong>d</strong> <em><strong>e</strong></em></p>",
    ],
    ["- a\n\n  b\n- c", "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>"],
    ["3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'],
    ["> a\nb\n\n    c", "<blockquote><p>a\nb</p></blockquote><pre><code>c\n</code></pre>"],
    [
      "[a](/b 'c') ![d](/e \"f\")\n\n[g]\n\n[g]: <h i>",
      '<p><a href="/b" title="c">a</a> <img src="/e" alt="d" title="f"></p><p><a href="h%20i">g</a></p>',
    ],
    ["<b>a</b> &copy; \\* `` ` `` a  \nb", "<p><b>a</b> © * <code>`</code> a<br>b</p>"],
    ["~~~ js x\n<&>\n~~~\n***", '<pre><code class="language-js">&lt;&amp;&gt;\n</code></pre><hr>'],
    [
      "<odd:address> <a@b.example>",
      '<p><a href="odd:address">odd:address</a> <a href="mailto:a@b.example">a@b.example</a></p>',
    ],
    [`"a" -- b...`, '<p>"a" -- b...</p>'],
  ])("%s", async (markdown, html) => {
    expect(normaliseHtml(await renderMarkdown(markdown, { ...options, ...off }))).toBe(normaliseHtml(html))
  })

  test.skipIf(corpora === undefined)(
    "is followed except as docs/commonmark.md lists, in at most 60 examples",
    async () => {
      const examples: Example[] = JSON.parse(readFileSync(join(corpora ?? "", "spec/commonmark-0.31.2.json"), "utf8"))
      const wrong: number[] = []
      const different: number[] = []
      for (const example of examples) {
        if (await differs(example, off)) wrong.push(example.example)
        if (await differs(example, {})) different.push(example.example)
      }
      expect(wrong).toEqual([])
      const listed = [...readDocumented().values()].flat()
      // Neither an unlisted example, nor a stale entry, nor one listed twice.
      expect(listed.toSorted((one, other) => one - other)).toEqual(different)
      expect(listed.length).toBeLessThanOrEqual(60)
    },
  )

  test.skipIf(corpora === undefined)(
    "under a title changes only heading levels, as docs/commonmark.md lists",
    async () => {
      const examples: Example[] = JSON.parse(readFileSync(join(corpora ?? "", "spec/commonmark-0.31.2.json"), "utf8"))
      const level = /(<\/?h)[1-6]/g
      const moved: number[] = []
      for (const { markdown, example } of examples) {
        const [alone, titled] = [
          await renderMarkdown(markdown, options),
          await renderMarkdown(markdown, { ...options, titled: true }),
        ]
        expect(titled.replace(level, "$1"), String(example)).toBe(alone.replace(level, "$1"))
        if (titled !== alone) moved.push(example)
      }
      const [, listed = ""] = /^Under a title: ([^.]*)\.$/m.exec(readFileSync("docs/commonmark.md", "utf8")) ?? []
      expect(listed.match(/\d+/g)?.map(Number)).toEqual(moved)
    },
  )
})

/** The specification's output for a text and ours, by the rules in docs/commonmark.md. */
const rules: Readonly<Record<string, readonly [source: string, specified: string, ours: string]>> = {
  headings: ["# a\n\nb", "<h1>a</h1><p>b</p>", '<h1 id="h-a">a</h1><p>b</p>'],
  punctuation: [`"a's" -- b...`, `<p>"a's" -- b...</p>`, "<p>“a’s” – b…</p>"],
  tags: ["a <x-y>b</x-y><script>c</script>", "<p>a <x-y>b</x-y><script>c</script></p>", "<p>a b</p>"],
  attributes: ['<b class="a" lang="tg">c</b>', '<p><b class="a" lang="tg">c</b></p>', '<p><b lang="tg">c</b></p>'],
  comments: ["a <!-- b -->", "<p>a <!-- b --></p>", "<p>a</p>"],
  fragments: ["[a](#b)", '<p><a href="#b">a</a></p>', '<p><a href="#h-b">a</a></p>'],
  addresses: [
    "https://a.example",
    "<p>https://a.example</p>",
    '<p><a href="https://a.example">https://a.example</a></p>',
  ],
  schemes: ["[a](irc://b.example)", '<p><a href="irc://b.example">a</a></p>', "<p>a</p>"],
}

test("every rule in docs/commonmark.md, and no other, has an example here", () => {
  expect(Object.keys(rules).toSorted()).toEqual([...readDocumented().keys()].toSorted())
})

test.each(
  Object.entries(rules),
)("rule %s is CommonMark's with the options off, and ours with them on", async (_name, rule) => {
  const [source, specified, ours] = rule
  expect(normaliseHtml(await renderMarkdown(source, { ...options, ...off }))).toBe(normaliseHtml(specified))
  expect(normaliseHtml(await renderMarkdown(source, options))).toBe(normaliseHtml(ours))
})

test("ordinary Markdown follows CommonMark with the options on too", async () => {
  const source =
    "    c\n\n> ## d\n> e\n\n1. f\n2. ![g](h.png 'i') [j](https://k.example) <l@m.example>\n\n---\n\n<b>n</b> &copy;"
  expect(normaliseHtml(await renderMarkdown(source, options))).toBe(
    normaliseHtml(await renderMarkdown(source, { ...options, ...off })),
  )
})
