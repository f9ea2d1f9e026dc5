// `list`: every article of the site.
import type { CommandSpec } from "../command.ts"
import { fetchHeads, openDesk } from "../desk-client.ts"
import { countOf } from "../output.ts"
import { ListShape } from "../shapes.ts"

export const list = {
  usage: "list",
  summary: "List every article of the site with its status and revision",
  examples: ["list", "list --json"],
  shape: ListShape,
  async run(context, { output }) {
    const heads = [...(await fetchHeads(openDesk({ url: context.url, key: context.key() }))).values()]
    output.result(
      heads.map(({ path, url, title, access, status, date, updated, language, revision }) => ({
        path,
        url,
        title,
        access,
        status,
        date,
        updated,
        language,
        revision,
      })),
    )
    for (const { path, status, access, revision, title } of heads)
      output.line(`${status.padEnd(9)} ${access.padEnd(7)} r${String(revision).padEnd(3)} ${path}  ${title}`)
    output.line(countOf(heads.length, "article"))
    return 0
  },
} satisfies CommandSpec
