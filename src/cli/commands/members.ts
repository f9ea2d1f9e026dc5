// Members: who they are, made and ended by the newsroom.
import { existsSync } from "node:fs"
import { emailProblems, parseEmail } from "../../site/email.ts"
import type { Command } from "../command.ts"
import { type DeskClient, expectAnswer, openDesk } from "../desk-client.ts"
import { CLIError } from "../failure.ts"
import { writePrivateFile } from "../private-files.ts"
import { type MemberLine, MembersShape } from "../shapes.ts"

export const members: Command = {
  usage: "members list | grant EMAIL [--until DATE|--months N] [--language L] | revoke EMAIL | export FILE",
  does: "who is a member; a grant without a date has no end",
  options: { until: { type: "string" }, months: { type: "string" }, language: { type: "string" } },
  most: 2,
  shape: MembersShape,
  async run(context, { positionals, values, output }) {
    const [action, name = ""] = positionals
    // Revoking takes any text: an older release may have let in an address that is refused today.
    const read = parseEmail(name)
    if (action === "grant" && name !== "" && "problem" in read)
      throw new CLIError(`${name}: ${emailProblems[read.problem]}`, 2)
    const desk = openDesk({ url: context.url, key: context.key() })
    if (action === "list" && name === "") {
      const all = await fetchMembers(desk)
      output.result(all)
      for (const member of all) output.line(describe(member))
      output.line(`${all.length} in all, ${all.filter(({ standing }) => standing === "member").length} members`)
      return 0
    }
    if (name === "" || !["grant", "revoke", "export"].includes(action ?? ""))
      throw new CLIError("say what to do: dateline members list, grant EMAIL, revoke EMAIL, or export FILE", 2)
    if (action === "export") {
      const all = await fetchMembers(desk)
      const file = keep(name, all)
      output.result({ file, members: all.length })
      output.line(`${all.length} members are in ${file}, which only you can read`)
      return 0
    }
    const until = readUntil(values)
    const language = values.language === undefined ? {} : { language: String(values.language) }
    const response =
      action === "grant"
        ? await desk.members.grant.$post({ json: { email: name, ...until, ...language } })
        : await desk.members.revoke.$post({ json: { email: name } })
    const { member } = await expectAnswer<{ member: MemberLine }>(response)
    output.result(member)
    output.line(
      action === "grant"
        ? `${member.email} is a member ${member.until === null ? "without an end" : `until ${member.until}`}`
        : `${member.email} is no longer a member: everywhere within 5 minutes`,
    )
    if (action === "revoke" && member.stripeSubscription !== null)
      output.warn(`the subscription ${member.stripeSubscription} goes on at Stripe: cancel it there`)
    return 0
  },
}

async function fetchMembers(desk: DeskClient): Promise<MemberLine[]> {
  const all: MemberLine[] = []
  let after = ""
  for (;;) {
    const response = await desk.members.$get({ query: { after } } as never)
    const page = await expectAnswer<{ members: MemberLine[]; next: string | null }>(response)
    all.push(...page.members)
    if (page.next === null) return all
    after = page.next
  }
}

function readUntil(values: Readonly<Record<string, unknown>>): { until?: string } {
  const { until, months } = values
  if (until !== undefined && months !== undefined) throw new CLIError("give --until or --months, not both", 2)
  if (until !== undefined) return { until: String(until) }
  if (months === undefined) return {}
  if (!/^[1-9]\d{0,2}$/.test(String(months))) throw new CLIError("--months is a number from 1 to 999", 2)
  const end = new Date()
  const day = end.getUTCDate()
  end.setUTCMonth(end.getUTCMonth() + Number(months))
  // 31 January and a month is the last of February.
  if (end.getUTCDate() !== day) end.setUTCDate(0)
  return { until: end.toISOString() }
}

/** A file of addresses is for its owner's eyes, and replaces none. */
function keep(file: string, all: readonly MemberLine[]): string {
  if (existsSync(file)) throw new CLIError(`${file} is there already: name another file`, 2)
  try {
    writePrivateFile(file, `${JSON.stringify(all, null, 2)}\n`, "wx")
  } catch (error) {
    throw new CLIError(`${file} cannot be written: ${error instanceof Error ? error.message : error}`, 2)
  }
  return file
}

function describe({ standing, source, until, email }: MemberLine): string {
  const end = until === null ? (standing === "member" ? "without end" : "") : until.slice(0, 10)
  return `${standing.padEnd(8)} ${(source ?? "").padEnd(8)} ${end.padEnd(12)} ${email}`
}
