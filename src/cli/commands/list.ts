// What the site has.

import type { Command } from "../command.ts"
import { fetchHeads, openDesk } from "../desk-client.ts"
import { countOf } from "../output.ts"
import { ListShape } from "../shapes.ts"

export const list: Command = {
  usage: "list",
  does: "every article of the site, its state and revision",
  options: {},
  most: 0,
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
}
