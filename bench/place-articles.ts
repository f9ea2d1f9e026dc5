// Copies a folder of other Markdown into a content folder several times: with front matter, one file per address.
// npx node bench/place-articles.ts FROM TO COUNT
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import config from "../dateline.config.ts"
import { countriesOf } from "../src/site/places.ts"
import { slugify } from "../src/site/slug.ts"

const [from = "", to = "", wanted = "1000"] = process.argv.slice(2)
const files = readdirSync(from, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .sort()
const places = Object.keys(config.regions).flatMap((region) =>
  countriesOf(region, config).map((country) => `${region}/${country.slug}`),
)
let placed = 0
for (let round = 0; placed < Number(wanted); round++)
  for (const file of files) {
    if (placed === Number(wanted)) break
    const text = readFileSync(join(from, file), "utf8")
    const body = text
      .replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, "")
      .replace(/\]\(\/[^)]*\)/g, "](https://example.org/)")
      .replace(/!\[([^\]]*)\]\(\.[^)]*\)/g, "$1")
    const title = /^title: *["']?(.+?)["']? *$/m.exec(text)?.[1] ?? file
    const slug = `${slugify(file.replace(/\.md$/, "")).slice(0, 80)}-${round}`
    const place = places[placed % places.length] ?? ""
    const day = new Date(Date.UTC(2020, 0, 1) + placed * 86_400_000).toISOString().slice(0, 10)
    const front = `---\ntitle: ${JSON.stringify(title.slice(0, 190))}\nsummary: ${JSON.stringify(`Placed from ${file}`)}\ndate: ${day}\ntopics: [water]\n---\n`
    const target = join(to, place, `${slug}.md`)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, front + body)
    placed++
  }
console.log(`${placed} articles placed below ${to}`)
