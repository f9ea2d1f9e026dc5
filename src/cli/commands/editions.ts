// `digest` and `headlines`: sends an edition of a newsletter now.
import * as v from "valibot"
import { isEditionDate, type List } from "../../article/edition.ts"
import type { CommandSpec } from "../command.ts"
import { expectAnswer, openDesk } from "../desk-client.ts"
import { CLIError, formatTime, Moment } from "../output.ts"

const Edition = { list: v.picklist(["headlines", "digest"]), date: v.string(), language: v.string() }
const EditionsShape = v.array(
  v.strictObject({
    ...Edition,
    /** `before`: it was planned before, and nothing is sent again. `empty`: nothing is new since `since`. */
    outcome: v.picklist(["planned", "before", "empty"]),
    /** By whom it was planned: `cron`, or an editor. */
    who: v.nullable(v.string()),
    when: v.nullable(Moment),
    since: Moment,
  }),
)

const languageOption = ["--language <code>", "only this language"] as const

function send(list: List): CommandSpec {
  return {
    usage: "send [date]",
    summary:
      "Send an edition now, once, instead of at its hour: today's, or the latest that was due if it was not sent",
    options: [languageOption],
    examples: [`${list} send`, `${list} send 2026-11-23 --language fr`],
    async run(context, { args: [date], options, output }) {
      const json = { list, ...readEdition(date, options) }
      const { editions } = await expectAnswer(await openDesk(context).editions.send.$post({ json }), "editions")
      output.result(editions)
      for (const { language, outcome, who, when, since, date } of editions) {
        const name = `${list} ${date} ${language}`
        if (outcome === "planned") output.line(`${output.good("✓")} ${name} goes out within two minutes`)
        else if (outcome === "before")
          output.line(`${name} is not sent again: it was planned ${formatTime(when ?? since)} by ${who}`)
        else output.line(`${name} is not sent: nothing was published since ${formatTime(since)}`)
      }
      return 0
    },
  }
}

function readEdition(date: string | undefined, { language }: Readonly<Record<string, unknown>>) {
  if (date !== undefined && !isEditionDate(date)) throw new CLIError(`${date} is not a date: write 2026-11-23`, 2)
  return { ...(date !== undefined && { date }), ...(language !== undefined && { language: String(language) }) }
}

export const headlines = {
  usage: "headlines",
  summary: "Send the daily headlines",
  shape: EditionsShape,
  commands: [send("headlines")],
} satisfies CommandSpec

export const digest = {
  usage: "digest",
  summary: "Send the members' digest",
  shape: EditionsShape,
  commands: [send("digest")],
} satisfies CommandSpec
