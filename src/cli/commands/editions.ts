// `headlines` and `digest`: preview an edition of a newsletter, send it as a test, or send it to everyone now.
import { writeFileSync } from "node:fs"
import * as v from "valibot"
import { isEditionDate, type List, lists } from "../../article/edition.ts"
import { emailProblems, parseEmail } from "../../site/email-address.ts"
import { type CommandSpec, isLocal } from "../commander.ts"
import { expectAnswer, openDesk } from "../desk-client.ts"
import { CLIError, formatTime, Moment } from "../output.ts"
import { unsent } from "./stats.ts"

const Edition = v.strictObject({
  list: v.picklist(lists),
  date: v.string(),
  language: v.string(),
  /** Who planned the edition: `cron` or an editor. Null if it is not planned yet. */
  who: v.nullable(v.string()),
  when: v.nullable(Moment),
  /** The edition contains the stories published since this time. Null if it is already planned. */
  since: v.nullable(Moment),
})
type Edition = v.InferOutput<typeof Edition>
/** The email. Null if there is nothing new to send. */
const Letter = v.nullable(
  v.strictObject({ subject: v.string(), preheader: v.string(), text: v.string(), html: v.string() }),
)
const TestOutcome = v.picklist(["accepted", "throttled", "refused", "unknown", "empty"])
const EditionShape = v.union([
  v.strictObject({ ...Edition.entries, letter: Letter }),
  v.strictObject({ ...Edition.entries, outcome: TestOutcome, reason: v.nullable(v.string()) }),
  /** `before`: the edition was already planned, so nothing is sent again. `empty`: there is nothing new to send. */
  v.array(v.strictObject({ ...Edition.entries, outcome: v.picklist(["planned", "before", "empty"]) })),
])

const oneLanguage = ["--language <code>", "the edition's language (default: the site's first)"] as const

const preview = (list: List): CommandSpec => ({
  usage: "preview [date]",
  summary: "Show an edition as readers will see it: the next one as it stands now, or the one for a given date",
  options: [oneLanguage, ["--html <file>", "also write the email as HTML to this file"]],
  examples: [`${list} preview`, `${list} preview 2026-11-23 --language fr --html preview.html`],
  async run(context, { args: [date], options, output }) {
    const json = readEdition(list, date, options)
    const answer = await expectAnswer(openDesk(context).editions.preview.$post({ json }), "letter")
    output.result(answer)
    const { letter } = answer
    if (letter === null) {
      output.warn(explainEmpty(answer))
      return 1
    }
    if (options.html !== undefined) writeFileSync(String(options.html), letter.html)
    const { subject, preheader, text } = letter
    output.line(`Subject: ${subject}\nPreheader: ${preheader}\n\n${text}`)
    output.line(`${nameEdition(answer)} ${answer.when === null ? "is not planned yet" : explainPlan(answer)}`)
    if (options.html !== undefined) output.line(`Wrote ${options.html}`)
  },
})

const test = (list: List): CommandSpec => ({
  usage: "test <email>",
  summary: "Send the next edition, as it stands now, to one address",
  options: [oneLanguage, ["--date <date>", "send the edition for this date instead"]],
  examples: [`${list} test editor@example.org`],
  async run(context, { args: [email = ""], options, output }) {
    const read = parseEmail(email)
    if ("problem" in read) throw new CLIError(`${email}: ${emailProblems[read.problem]}`, 2)
    const json = { ...readEdition(list, options.date, options), email }
    const answer = await expectAnswer(openDesk(context).editions.test.$post({ json }), "date")
    output.result(answer)
    const { outcome, reason } = answer
    if (outcome === "empty") {
      output.warn(explainEmpty(answer))
      return 1
    }
    if (outcome !== "accepted")
      throw new CLIError(`The mail provider did not accept ${nameEdition(answer)}: ${outcome} (${reason})`, 4)
    output.line(`Sent ${nameEdition(answer)} to ${email}, marked as a test. Nobody else gets it`)
    if (isLocal(context.url))
      output.line("A local site does not send email: see the newest .eml file in `mail` in its state folder")
  },
})

const send = (list: List): CommandSpec => ({
  usage: "send [date]",
  summary: "Send today's edition now, or the latest one due if you give its date. Each edition is sent only once",
  options: [["--language <code>", "send only in this language"]],
  examples: [`${list} send`, `${list} send 2026-11-23 --language fr`],
  async run(context, { args: [date], options, output }) {
    const json = readEdition(list, date, options)
    const { editions, sender } = await expectAnswer(openDesk(context).editions.send.$post({ json }), "editions")
    output.result(editions)
    for (const one of editions)
      if (one.outcome === "planned")
        output.line(output.good("✓"), ` ${nameEdition(one)} will be sent within two minutes`)
      else if (one.outcome === "empty") output.line(explainEmpty(one))
      else output.line(`${nameEdition(one)} will not be sent again: it ${explainPlan(one)}`)
    if (sender === null) output.warn(unsent)
  },
})

const nameEdition = ({ list, date, language }: Edition) => `${list} ${date} ${language}`

const explainPlan = ({ who, when }: Edition) => `was planned ${when === null ? "" : formatTime(when)} by ${who}`

function explainEmpty(one: Edition): string {
  const note = one.list === "digest" ? ", and there is no editor's note" : ""
  return `${nameEdition(one)} has nothing to send: nothing has been published since ${formatTime(one.since ?? "")}${note}`
}

function readEdition(list: List, date: unknown, { language }: Readonly<Record<string, unknown>>) {
  if (date !== undefined && !isEditionDate(String(date)))
    throw new CLIError(`${date} is not a valid date. Use the format 2026-11-23`, 2)
  return { list, date: date as string | undefined, language: language as string | undefined }
}

const newsletter = (list: List, summary: string) =>
  ({
    usage: list,
    summary,
    shape: EditionShape,
    commands: [preview(list), test(list), send(list)],
  }) satisfies CommandSpec

export const headlines = newsletter("headlines", "Preview, test and send the daily headlines")
export const digest = newsletter("digest", "Preview, test and send the members' digest")
