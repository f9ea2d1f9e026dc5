// `new`: creates a file with front matter for an article, note, page or author biography.
import { existsSync, mkdirSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import anyAscii from "any-ascii"
import * as v from "valibot"
import type { Country } from "world-countries"
import config from "../../../dateline.config.ts"
import { checkArticles } from "../../article/check.ts"
import { placeholderSummary } from "../../article/check-front.ts"
import { kinds, parseContent, webPath } from "../../article/kinds.ts"
import { nearestKey } from "../../article/mistakes.ts"
import { parseArticle } from "../../article/parse.ts"
import { parseAddress } from "../../site/addresses.ts"
import { countriesOf, countryByCode } from "../../site/places.ts"
import { nameSlug, slugify } from "../../site/slug.ts"
import type { CommandSpec } from "../commander.ts"
import { fileOf, openFolder, pathOf, refuseURL } from "../content-folder.ts"
import { CLIError, Path } from "../output.ts"
import { requireValidConfig } from "../site-config.ts"
import { createFile } from "../write-files.ts"

export const create = {
  usage: "new <place> <title>",
  summary: "Create a file for an article, newsletter note, static page or author biography",
  examples: [
    'new asia/tajikistan "Snow closes the Anzob pass"',
    'new africa "Locusts cross the Sahel"',
    "new digest 2026-11-23",
    'new pages "About us"',
    'new authors "Amina Odhiambo"',
  ],
  shape: v.strictObject({ file: v.string(), path: Path }),
  async run(context, { args: [place = "", title = ""], output }) {
    requireValidConfig()
    refuseURL(place)
    const folder = place.replace(/^\/|\/$/g, "")
    const isAuthor = /(?:^|\/)authors$/.test(folder)
    const slug = isAuthor ? nameSlug(title) : slugify(anyAscii(title.normalize("NFC")))
    if (slug === "")
      throw new CLIError("The title must contain a letter or digit, because the address is made from it", 2)
    const path = pathOf(`${folder}/${slug}.md`)
    const { kind } = parseContent(path, config)
    const isPlace = ["region", "country"].includes(parseAddress(`/${folder}`, config)?.kind ?? "")
    if (kind === "article" && !isPlace && path === `/${folder}/${slug}`)
      throw new CLIError(`\`${place}\` is not a region or country of this site. ${await suggestPlace(folder)}`, 2)
    if (kind === "article" && parseAddress(path, config)?.kind !== "article")
      throw new CLIError(`${path} is already the address of another page. Choose another title`, 2)
    const text = compose(kind, title)
    const { article, problems: wrong } = parseArticle(fileOf(path), text, config)
    const problems = article === null ? wrong : checkArticles([article], new Set(), config)
    if (problems.length > 0)
      throw new CLIError(problems.map(({ field, message, fix }) => `${field}: ${message} — ${fix}`).join("\n"), 2)
    const root = openFolder(context.content)
    const file = join(root, fileOf(path))
    if (existsSync(file)) throw new CLIError(`${file} already exists`, 2)
    mkdirSync(dirname(file), { recursive: true })
    createFile(file, text)
    output.result({ file, path })
    output.line(
      `Created ${file}\nIts address will be ${webPath(path, config)}\nNext: write ${kind === "article" ? "the summary and the text" : "the text"}, remove \`status: draft\`, then run \`npx dateline check\` and \`npx dateline publish\``,
    )
  },
} satisfies CommandSpec

/**
 * Suggests the place that the editor probably meant. Finds countries in a path that is wrong (`africa/tajikistan`,
 * `fr/Asia/Tajikistan`, `asia/tajikistan/north`), under another name (`burma`, `fr/europe/allemagne`), or misspelt
 * (`tajikstan`).
 */
async function suggestPlace(folder: string): Promise<string> {
  const regions = Object.keys(config.regions)
  const countries = new Map(
    regions.flatMap((region) => countriesOf(region, config).map(({ slug }) => [slug, `${region}/${slug}`] as const)),
  )
  const segments = folder.split("/").map((segment) => slugify(anyAscii(segment)))
  const [first = "", last = ""] = [segments[0], segments.at(-1)]
  const named = segments.findLast((segment) => countries.has(segment))
  const other = named ?? (regions.includes(last) ? last : await findByOtherName(last))
  const isKnown = other !== undefined && (countries.has(other) || regions.includes(other))
  const near = isKnown ? other : nearestKey(last, [...regions, ...countries.keys()])
  if (near === null) return `The regions are ${regions.join(", ")}`
  const language = config.languages.slice(1).includes(first) ? `${first}/` : ""
  return `Did you mean \`${language}${countries.get(near) ?? near}\`?`
}

/** The slug of the country with this former name, name in another language, or code. */
async function findByOtherName(name: string): Promise<string | undefined> {
  const file = await readFile(new URL(import.meta.resolve("world-countries/countries.json")), "utf8")
  const found = (JSON.parse(file) as Country[]).find(({ cca3, altSpellings, translations }) =>
    [cca3, ...altSpellings, ...Object.values(translations).map(({ common }) => common)].some(
      (one) => slugify(anyAscii(one)) === name,
    ),
  )
  return countryByCode(found?.cca2 ?? "")?.slug
}

function compose(kind: keyof typeof kinds, title: string): string {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: config.timeZone }).format(new Date())
  const named = `title: ${JSON.stringify(title)}`
  const front =
    kind === "article"
      ? [named, `summary: "${placeholderSummary}"`, `date: ${today}`, "authors: []", "topics: []", "map: true"]
      : kinds[kind].isNote
        ? [
            "# title: the subject of the email (default: the newsletter's name and the date)",
            "# stories: [ /region/country/slug ], in order (default: everything published since the last edition)",
          ]
        : [named, "# summary: one sentence, shown below the title and in search results"]
  return ["---", ...front, "status: draft", "---", "", ""].join("\n")
}
