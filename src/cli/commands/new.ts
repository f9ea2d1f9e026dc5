// A new article's file, its front matter filled in.
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import anyAscii from "any-ascii"
import config from "../../../dateline.config.ts"
import { parseArticle } from "../../article/parse.ts"
import { parseAddress } from "../../site/addresses.ts"
import { slugify } from "../../site/slug.ts"
import type { Command } from "../command.ts"
import { CLIError } from "../failure.ts"
import { openFolder } from "../folder.ts"
import { NewShape } from "../shapes.ts"

export const create: Command = {
  usage: 'new REGION/COUNTRY "TITLE"',
  does: "a file with its front matter filled in",
  options: {},
  most: 2,
  shape: NewShape,
  async run(context, { positionals, output }) {
    const [place, title] = positionals
    if (place === undefined || title === undefined)
      throw new CLIError('name a place and a title: dateline new asia/tajikistan "A title"', 2)
    const slug = slugify(anyAscii(title.normalize("NFC")))
    if (slug === "") throw new CLIError("the title has no letter or digit to make an address of", 2)
    const folder = place.replace(/^\/|\/$/g, "")
    const path = `/${folder}/${slug}`
    if (!["region", "country"].includes(parseAddress(`/${folder}`, config)?.kind ?? ""))
      throw new CLIError(`${folder} is no region or country of this site: ${Object.keys(config.regions).join(", ")}`, 2)
    if (parseAddress(path, config)?.kind !== "article")
      throw new CLIError(`the title's address, ${path}, is a country's or the site's own: choose another title`, 2)
    const text = compose(title)
    const { problems } = parseArticle(`${path.slice(1)}.md`, text, config)
    if (problems.length > 0)
      throw new CLIError(problems.map(({ field, message, fix }) => `${field}: ${message} — ${fix}`).join("\n"), 2)
    const root = openFolder(context.content)
    const file = join(root, `${path}.md`)
    if (existsSync(file)) throw new CLIError(`${file} is there already`, 2)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { flag: "wx" })
    output.result({ file, path })
    output.line(`${file}\nwill be ${path}`)
    return 0
  },
}

function compose(title: string): string {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: config.timeZone }).format(new Date())
  return `---\ntitle: ${JSON.stringify(title)}\nsummary: "Say in one sentence what happened and why it matters."\ndate: ${today}\nauthors: []\ntopics: []\nmap: true\nstatus: draft\n---\n\n`
}
