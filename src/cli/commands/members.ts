// `members`: lists and exports members, and grants and revokes memberships.
import * as v from "valibot"
import { emailProblems, parseEmail } from "../../site/email-address.ts"
import type { CommandSpec } from "../commander.ts"
import { type DeskClient, expectAnswer, fetchPages, openDesk } from "../desk-client.ts"
import { CLIError, countOf, formatTime, Moment } from "../output.ts"
import { createFile } from "../write-files.ts"

const Member = v.strictObject({
  id: v.string(),
  email: v.string(),
  language: v.string(),
  standing: v.picklist(["member", "ended", "revoked"]),
  source: v.nullable(v.picklist(["granted", "paid"])),
  /** When the membership ends or ended. For a current member, null means no end date. */
  until: v.nullable(Moment),
  created: Moment,
  stripeCustomer: v.nullable(v.string()),
  stripeSubscription: v.nullable(v.string()),
})
type MemberLine = v.InferOutput<typeof Member>
const MembersShape = v.union([
  v.array(Member),
  Member,
  v.strictObject({ file: v.string(), members: v.pipe(v.number(), v.integer()) }),
])

const list = {
  usage: "list",
  summary: "List all current and former members",
  async run(context, { output }) {
    const all = await fetchMembers(openDesk(context))
    output.result(all)
    for (const member of all) output.line(describe(member))
    const current = all.filter(({ standing }) => standing === "member")
    output.line(`${all.length} in total, of whom ${current.length} are current members`)
  },
} satisfies CommandSpec

const grant = {
  usage: "grant <email>",
  summary: "Make someone a member. Without --until or --months, there is no end date",
  options: [
    ["--until <date>", "the last day of the membership, such as 2027-01-31"],
    ["--months <number>", "the length of the membership, in months from today"],
    ["--language <code>", "the language of their emails and pages"],
  ],
  examples: ["members grant reader@example.org --months 12"],
  async run(context, { args: [email = ""], options, output }) {
    const read = parseEmail(email)
    if ("problem" in read) throw new CLIError(`${email}: ${emailProblems[read.problem]}`, 2)
    const json = { email, until: readUntil(options), language: options.language as string | undefined }
    const { member } = await expectAnswer(openDesk(context).members.grant.$post({ json }), "member")
    output.result(member)
    const end = member.until === null ? ", with no end date" : ` until ${formatTime(member.until)}`
    output.line(`${member.email} is a member${end}`)
  },
} satisfies CommandSpec

const revoke = {
  usage: "revoke <email>",
  summary: "End a membership",
  // Accepts any text: an older release may have stored an address that is now refused.
  async run(context, { args: [email = ""], output }) {
    const { member } = await expectAnswer(openDesk(context).members.revoke.$post({ json: { email } }), "member")
    output.result(member)
    output.line(`${member.email} is no longer a member. This takes effect everywhere within 5 minutes`)
    if (member.stripeSubscription !== null)
      output.warn(`The subscription ${member.stripeSubscription} is still active at Stripe. Cancel it there`)
  },
} satisfies CommandSpec

const exportAll = {
  usage: "export <file>",
  summary: "Export all members to a JSON file that only you can read",
  async run(context, { args: [file = ""], output }) {
    const all = await fetchMembers(openDesk(context))
    createFile(file, `${JSON.stringify(v.parse(v.array(Member), all), null, 2)}\n`, 0o600)
    output.result({ file, members: all.length })
    output.line(`Wrote ${countOf(all.length, "member")} to ${file}, which only you can read`)
  },
} satisfies CommandSpec

export const members = {
  usage: "members",
  summary: "List, grant, revoke and export memberships",
  shape: MembersShape,
  commands: [list, grant, revoke, exportAll],
} satisfies CommandSpec

/** All members, sorted by email address. */
async function fetchMembers(desk: DeskClient): Promise<MemberLine[]> {
  const pages = await fetchPages((after) => expectAnswer(desk.members.$get({ query: { after } }), "members"))
  return pages.flatMap(({ members }) => members).sort((a, b) => a.email.localeCompare(b.email))
}

/** When the membership is to end: a date or a number of months, or undefined for no end date. */
function readUntil({ until, months }: Readonly<Record<string, unknown>>): string | number | undefined {
  if (until !== undefined && months !== undefined) throw new CLIError("Use --until or --months, not both", 2)
  if (months === undefined) return until as string | undefined
  if (!/^[1-9]\d{0,2}$/.test(String(months))) throw new CLIError("--months must be a number from 1 to 999", 2)
  return Number(months)
}

function describe({ standing, source, until, email }: MemberLine): string {
  const end = until === null ? (standing === "member" ? "no end date" : "") : formatTime(until).slice(0, 10)
  return `${standing.padEnd(8)} ${(source ?? "").padEnd(8)} ${end.padEnd(12)} ${email}`
}
