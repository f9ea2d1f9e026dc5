// `stats`: shows members, subscribers, the deliveries of recent editions, caches and queues.
import * as v from "valibot"
import { lists } from "../../article/edition.ts"
import type { CommandSpec } from "../commander.ts"
import { expectAnswer, openDesk } from "../desk-client.ts"
import { Count, countOf, Moment } from "../output.ts"

/**
 * An edition's recipients: all of them (`planned`), then by state. `unknown`: the call was interrupted, so the provider
 * may have the email; it is not sent again. `withdrawn`: unsubscribed, stopped or no longer a member before their turn.
 */
const deliveries = ["planned", "waiting", "sending", "accepted", "failed", "unknown", "withdrawn", "bounced"] as const
/** How a page was served. `stale`: from memory, because a store failed. `failed`: answered 5xx. */
const ways = ["memory", "edge", "rendered", "stale", "failed"] as const
type Served = (typeof ways)[number]
const List = v.picklist(lists)
const StatsShape = v.strictObject({
  members: v.strictObject({ now: Count, paying: Count }),
  /** `recipients`: those who would get an edition now. */
  subscribers: v.array(v.strictObject({ list: List, language: v.string(), subscribers: Count, recipients: Count })),
  /** Addresses that get no mail until they are confirmed again. */
  stopped: v.strictObject({ bounce: Count, complaint: Count }),
  /** How editions are sent; null if they are not sent. */
  sender: v.nullable(v.picklist(["ses", "local"])),
  /** The latest editions, newest first. */
  editions: v.array(
    v.strictObject({
      list: List,
      date: v.string(),
      language: v.string(),
      at: Moment,
      /** Who planned the edition: `cron` or an editor. */
      who: v.string(),
      ...v.entriesFromList(deliveries, Count),
    }),
  ),
  /** Cache tags whose purge the platform has not accepted yet. */
  purges: Count,
  /** How pages were served in the last seven days (UTC), newest first: a sample, as isolates report only sometimes. */
  pages: v.array(v.strictObject({ day: v.string(), ...v.entriesFromList(ways, Count) })),
  /** Messages in the queues, or null if the platform does not say. `dead`: those that failed 20 times. */
  queues: v.strictObject({ mail: v.nullable(Count), events: v.nullable(Count), dead: v.nullable(Count) }),
})

const senders = {
  ses: "Editions are sent through Amazon SES",
  local: "Editions are kept as files in the state folder, not sent",
}
export const unsent =
  "Editions are not sent: set the secrets SES_ACCESS_KEY_ID, SES_SECRET_ACCESS_KEY and SES_REGION (docs/mail.md)"
const columns = ["planned", "waiting", "accepted", "failed", "unknown", "bounced", "withdrawn"] as const

export const stats = {
  usage: "stats",
  summary: "Show members, subscribers, deliveries of recent editions, caches and queues",
  examples: ["stats", "stats --json"],
  shape: StatsShape,
  async run(context, { output }) {
    const stats = await expectAnswer(openDesk(context).stats.$get(), "editions")
    const { members, subscribers, stopped, sender, editions, purges, pages, queues } = stats
    output.result(stats)
    output.line(`${countOf(members.now, "member")}, ${members.paying} of them paying`)
    output.line("")
    const lines = subscribers.map((one) => [one.list, one.language, one.subscribers, one.recipients])
    if (lines.length === 0) output.line("No subscribers yet")
    else for (const line of alignTable([["", "", "subscribers", "recipients now"], ...lines], 2)) output.line(line)
    output.line(`Stopped addresses: ${countOf(stopped.bounce, "bounce")}, ${countOf(stopped.complaint, "complaint")}`)
    output.line("")
    const rows = editions.map(({ date, list, language, sending, ...counts }) => {
      const shown = { ...counts, waiting: counts.waiting + sending }
      return [formatDay(date), list, language, ...columns.map((name) => shown[name])]
    })
    if (rows.length === 0) output.line("No editions yet")
    else for (const line of alignTable([["", "", "", ...columns], ...rows], 3)) output.line(line)
    output.line("")
    if (sender === null) output.warn(unsent)
    else output.line(senders[sender])
    output.line("")
    for (const line of describePages(pages)) output.line(line)
    const { mail, events, dead } = queues
    output.line(`Queues: ${mail ?? "?"} to send, ${events ?? "?"} reports, ${dead ?? "?"} dead`)
    if (dead) output.warn(`${countOf(dead, "message")} failed 20 times (docs/mail.md#when-something-is-wrong)`)
    if (purges > 0)
      output.warn(`${countOf(purges, "cache purge")} failed. The site retries (docs/runbook/purge-refused.md)`)
  },
} satisfies CommandSpec

/** Describes the share of pages that came from a cache, and the share served in each way. */
function describePages(days: readonly Readonly<Record<Served, number>>[]): string[] {
  const count = (...ways: Served[]) => days.reduce((sum, day) => ways.reduce((all, way) => all + day[way], sum), 0)
  const all = count(...ways)
  if (all === 0) return ["No pages were counted in the last 7 days"]
  const share = (...ways: Served[]) => `${((100 * count(...ways)) / all).toFixed(1)}%`
  return [
    `Of ${countOf(all, "page")} counted in the last 7 days, ${share("memory", "edge", "stale")} came from a cache`,
    `(memory ${share("memory")}, edge ${share("edge")}, stale ${share("stale")}); ${share("rendered")} rendered, ${share("failed")} failed`,
  ]
}

/** `23 Nov`: leaves room for seven columns of figures in 80 characters. */
function formatDay(date: string): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(Date.parse(date))
}

/** Aligns rows of equal length as lines of text: the first `names` columns to the left, figures to the right. */
function alignTable(rows: readonly (readonly (string | number)[])[], names: number): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)))
  const align = (cell: string | number, column: number) =>
    column < names ? String(cell).padEnd(widths[column] ?? 0) : String(cell).padStart(widths[column] ?? 0)
  return rows.map((row) => row.map(align).join(" "))
}
