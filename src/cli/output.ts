// Prints a command's output: lines for people, one JSON value for programs, progress bars, failures with exit codes.
import { getSystemErrorMessage, styleText } from "node:util"
import * as v from "valibot"
import config from "../../dateline.config.ts"
import { formatInstant } from "../article/dates.ts"
import { memo } from "../site/memo.ts"

export const Count = v.pipe(v.number(), v.integer(), v.minValue(0))
export const Revision = Count
/** A time, printed in the site's time zone like every other date: `2026-11-23T00:00:00+01:00`. */
export const Moment = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => formatInstant(Date.parse(text), config.timeZone)),
)
export const Path = v.pipe(v.string(), v.startsWith("/"))

/** A mistake in the content (site/problem.ts). */
export const ProblemShape = v.strictObject({
  file: v.string(),
  line: v.number(),
  column: v.number(),
  field: v.string(),
  message: v.string(),
  fix: v.string(),
})

export const PublishShape = v.strictObject({
  published: v.array(
    v.strictObject({
      path: Path,
      url: v.pipe(v.string(), v.url()),
      revision: Revision,
      /** Milliseconds from the desk's last answer until a reader got it; null if not readable yet or not measured. */
      liveMs: v.nullable(v.number()),
    }),
  ),
  /** Articles that are the same on the site, or newer there while the file has not changed. */
  unchanged: v.array(Path),
  /** Articles with `status: draft`, which are not sent. */
  drafts: v.array(Path),
  conflicts: v.array(
    v.strictObject({
      path: Path,
      revision: Revision,
      /** The editor who made the change; null if unknown. */
      who: v.nullable(v.string()),
      when: v.nullable(Moment),
      /** Set only if the article is no longer at its address: its new address, or null if it has none. */
      movedTo: v.optional(v.nullable(Path)),
      /** Set if that revision took the article down. */
      gone: v.optional(v.literal(true)),
    }),
  ),
  problems: v.array(ProblemShape),
})
export type PublishOutcome = v.InferOutput<typeof PublishShape>
export type Published = PublishOutcome["published"][number]

/** 1 the content is wrong, 2 the command is wrong, 3 conflict, 4 the site could not be reached or refused. */
export type ExitCode = 1 | 2 | 3 | 4

export class CLIError extends Error {
  override readonly name = "CLIError"
  readonly code: ExitCode
  constructor(message: string, code: ExitCode) {
    super(message)
    this.code = code
  }
}

/** Why a file operation failed, in the system's words: `permission denied`. */
export function explainFileError({ errno, message }: NodeJS.ErrnoException): string {
  return errno === undefined ? message : getSystemErrorMessage(errno)
}

/** Prints a line for the editor. */
export type Report = (line: string) => void

/** Part of a line: plain text, or coloured text made by `good` or `bad`. */
export type Part = string | { readonly colour: "green" | "red"; readonly text: string }

export type Output = ReturnType<typeof createOutput>

/** `1 article`, `2 articles`. */
export const countOf = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? "" : "s"}`

const width = 28

/** Replaces characters that a site or file could use to hijack the terminal or reverse what it shows. */
export const quieten = (text: string): string =>
  text.replace(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd")

const paint = (parts: readonly Part[], stream: NodeJS.WriteStream) =>
  parts
    .map((part) => (typeof part === "string" ? quieten(part) : styleText(part.colour, quieten(part.text), { stream })))
    .join("")

/**
 * Colours and bars are for terminals only; NO_COLOR turns colours off.
 * @param shape checks what `result` prints, so that it always conforms to docs/schema
 */
export function createOutput(json: boolean, shape: v.GenericSchema) {
  const terminal = process.stderr.isTTY === true
  // No command may be silent for 15 s.
  const silence = setInterval(() => console.error("Still working…"), 10_000).unref()
  return {
    /** Prints a line for people, but not with --json. */
    line(...parts: Part[]): void {
      if (!json) console.log(paint(parts, process.stdout))
    },
    /** Prints the one JSON value, but only with --json. */
    result(value: unknown): void {
      if (json) console.log(JSON.stringify(v.parse(shape, value)))
    },
    /** Prints what went wrong or needs attention to stderr, even with --json. */
    warn(...parts: Part[]): void {
      console.error(paint(parts, process.stderr))
    },
    /** Shows progress: `done` of `all` `things`, such as articles or cards. */
    progress(done: number, all: number, things = "articles"): void {
      silence.refresh()
      const said = `${done} of ${all} ${things}`
      const bar = "█".repeat(Math.round((done / all) * width)).padEnd(width, "░")
      if (json) return
      if (terminal) process.stderr.write(`\r${bar} ${said}${done === all ? "\n" : ""}`)
      else if (done === all || done % 200 === 0) console.error(said)
    },
    good: (text: string): Part => ({ colour: "green", text }),
    bad: (text: string): Part => ({ colour: "red", text }),
  }
}

/** Created when it is first used, because `check` must be able to report a wrong time zone in the config. */
const clockOf = memo(
  (timeZone: string) =>
    new Intl.DateTimeFormat("sv-SE", {
      ...{ timeZone, timeZoneName: "short" },
      ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
    }),
)

/** A time in the site's time zone: `2026-11-20 09:00 CET`. */
export const formatTime = (moment: string): string => clockOf(config.timeZone).format(new Date(moment))

/** Who changed the article, when, and what to do about it. */
export function explainConflict(conflict: PublishOutcome["conflicts"][number]): string {
  const { path, revision, who, when, movedTo, gone } = conflict
  const editor = who ?? "someone"
  const at = when === null ? "" : ` on ${formatTime(when)}`
  const by = who === null ? "" : ` by ${who}${at}`
  if (movedTo === null)
    return `${path}: the site no longer has the article that your file is based on. Publish it as a new article with --force`
  if (movedTo !== undefined)
    return `${path}: it was moved to ${movedTo}${by}. Move the file too, ${path.slice(1)}.md → ${movedTo.slice(1)}.md, or publish it as a new article with --force`
  if (gone) return `${path}: ${editor} took it down${at}. Publish it again with --force if readers should have it`
  return `${path}: ${editor} published revision ${revision}${at}. Compare with \`npx dateline diff ${path}\`, then copy the change into your file or overwrite it with --force`
}

/** Explains that the live text is newer than the unchanged file and missing from its Git history (git-base.ts). */
export function explainBehind(head: { path: string; revision: number; who: string; when: string }): string {
  const { path, revision, who, when } = head
  return `Skipped ${path}: your Git history does not include revision ${revision}, which ${who} published on ${formatTime(when)}. Your file has not changed. To see what differs, run \`npx dateline diff ${path}\``
}
