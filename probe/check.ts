// A check of a running site, and the rows that it reports.
import { createHash } from "node:crypto"
import type { Answer, Ask } from "./ask.ts"

/** What the checks ask for, found on the site itself (discover.ts) or given. Paths; null: the site has none. */
export interface Site {
  readonly origin: string
  readonly ask: Ask
  /** What a plain GET of a path answered, asked once. */
  readonly page: (path: string) => Promise<Answer>
  /** An article for everyone. */
  readonly open: string
  /** A members' article. */
  readonly member: string | null
  readonly listing: string
  readonly feed: string
  readonly sitemap: string
  /** An address that never existed. */
  readonly missing: string
  /** An article that was unpublished. */
  readonly gone: string | null
  /** A member's session cookie. */
  readonly cookie: string | null
  /** Sentences that only members get. */
  readonly canaries: readonly string[]
}

export type Level = "MUST" | "SHOULD"
export type Result = "PASS" | "FAIL" | "SKIP" | "INFO"

export interface Row {
  readonly id: string
  readonly level: Level
  readonly result: Result
  readonly url: string
  readonly expected: string
  readonly got: string
}

/** Records one comparison. `got` is shown if `ok` is false. */
export type Expect = (ok: boolean, url: string, expected: string, got?: unknown) => void

export interface Check {
  readonly id: string
  readonly level: Level
  /** What is right, in a few words. */
  readonly what: string
  run(site: Site, expect: Expect): Promise<void>
}

/** Thrown by a check that has nothing to check on this site. */
export class Skip extends Error {}

export const must = (id: string, what: string, run: Check["run"]): Check => ({ id, level: "MUST", what, run })
export const should = (id: string, what: string, run: Check["run"]): Check => ({ id, level: "SHOULD", what, run })

/** Runs a check. @returns one row if all comparisons hold, else one for each that does not */
export async function runCheck({ id, level, what, run }: Check, site: Site): Promise<Row[]> {
  const failures: Row[] = []
  let compared = 0
  const row = { id, level, url: "", expected: what, got: "" }
  const expect: Expect = (ok, url, expected, got = "") => {
    compared++
    if (!ok) failures.push({ id, level, result: "FAIL", url, expected, got: shorten(String(got)) })
  }
  try {
    await run(site, expect)
  } catch (error) {
    if (error instanceof Skip) return [{ ...row, result: "SKIP", got: error.message }]
    failures.push({ ...row, result: "FAIL", got: shorten(error instanceof Error ? error.message : String(error)) })
  }
  if (failures.length > 0) return failures
  if (compared === 0) return [{ ...row, result: "SKIP", got: "this site has nothing to compare" }]
  return [{ ...row, result: "PASS", got: `${compared} compared` }]
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ")
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}

export const hashOf = ({ bytes }: Answer): string => createHash("sha256").update(bytes).digest("hex")

/** A header that may be repeated, as one text. */
export function field({ headers }: Answer, name: string): string {
  const value = headers[name.toLowerCase()]
  return Array.isArray(value) ? value.join(", ") : (value ?? "")
}

/** The directives of Cache-Control: names in lower case, values without quotes. */
export function directivesOf(answer: Answer): Map<string, string> {
  const parts = field(answer, "cache-control")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
  return new Map(
    parts.map((part) => {
      const [name = "", value = ""] = part.split("=", 2)
      return [name.toLowerCase(), value.replaceAll('"', "")]
    }),
  )
}
