import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { renderMarkdown } from "../../src/render/markdown.ts"
import { config } from "../../src/site/config.ts"
import { normaliseHtml } from "./parsed.ts"

const corpora = process.env.CORPORA
const options = { language: "en", media: {}, site: config }
const off = { smart: false, headingIds: false, figures: false, sanitize: false }

interface Example {
  readonly example: number
  readonly markdown: string
  readonly html: string
}

async function differs({ markdown, html }: Example, switches: Partial<typeof off>): Promise<boolean> {
  return normaliseHtml(await renderMarkdown(markdown, { ...options, ...switches })) !== normaliseHtml(html)
}

/** The example numbers behind a rule's name in docs/commonmark.md, all rules together. */
function documented(): Set<number> {
  const rows = readFileSync("docs/commonmark.md", "utf8").match(/^\| `[a-z]+` \|.*$/gm) ?? []
  return new Set(rows.flatMap((row) => (row.split("|")[3] ?? "").match(/\d+/g)?.map(Number) ?? []))
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

  test.skipIf(corpora === undefined)("is kept but for what docs/commonmark.md lists", async () => {
    const examples: Example[] = JSON.parse(readFileSync(join(corpora ?? "", "spec/commonmark-0.31.2.json"), "utf8"))
    const wrong: number[] = []
    const different: number[] = []
    for (const example of examples) {
      if (await differs(example, off)) wrong.push(example.example)
      if (await differs(example, {})) different.push(example.example)
    }
    expect(wrong).toEqual([32, 33, 503])
    const listed = documented()
    expect(different.filter((number) => !listed.has(number))).toEqual([])
    expect([...listed].filter((number) => !different.includes(number))).toEqual([])
  })
})
