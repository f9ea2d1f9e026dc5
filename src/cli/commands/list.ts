// `list`: lists every article on the site.
import * as v from "valibot"
import type { CommandSpec } from "../commander.ts"
import { fetchHeads, openDesk } from "../desk-client.ts"
import { countOf, Moment, Path, Revision } from "../output.ts"

const Line = v.strictObject({
  path: Path,
  url: v.pipe(v.string(), v.url()),
  title: v.string(),
  access: v.picklist(["open", "members"]),
  status: v.picklist(["live", "scheduled", "expired", "gone", "damaged"]),
  date: v.nullable(Moment),
  updated: v.nullable(Moment),
  language: v.string(),
  revision: Revision,
})

export const list = {
  usage: "list",
  summary: "List all articles on the site with their status and revision",
  examples: ["list", "list --json"],
  shape: v.array(Line),
  async run(context, { output }) {
    const heads = [...(await fetchHeads(openDesk(context))).values()]
    const fields = Object.keys(Line.entries) as (keyof typeof Line.entries)[]
    output.result(heads.map((head) => Object.fromEntries(fields.map((field) => [field, head[field]]))))
    for (const { path, status, access, revision, title } of heads)
      output.line(`${status.padEnd(9)} ${access.padEnd(7)} r${String(revision).padEnd(3)} ${path}  ${title}`)
    output.line(countOf(heads.length, "article"))
  },
} satisfies CommandSpec
