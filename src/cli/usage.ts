// What every command shares: flags, the target, and the help texts that the README is checked against.
import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Call, Command, Context, Options } from "./command.ts"
import { isLocal } from "./desk-client.ts"
import { CLIError } from "./failure.ts"

export const commonOptions: Options = {
  url: { type: "string" },
  content: { type: "string" },
  json: { type: "boolean" },
}

const defaultUrl = "http://localhost:8787"

/** The target of a command, from flags and environment. Keys come from the environment or the local state, never from argv. */
export function readContext(values: Call["values"]): Context {
  const url = String(values.url ?? process.env.DATELINE_URL ?? defaultUrl).replace(/\/$/, "")
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new CLIError(`${url} is no address of a site: https://…`, 2)
  const content = resolve(String(values.content ?? "content"))
  return { url, content, key: () => findKey(url) }
}

function findKey(url: string): string {
  const given = process.env.DATELINE_KEY?.trim()
  if (given && !/^[\x21-\x7e]{8,200}$/.test(given))
    throw new CLIError("DATELINE_KEY is no key: it has spaces, accents or too few characters", 4)
  if (given) return given
  const local = join(import.meta.dirname, "../../.wrangler/dateline/desk.key")
  if (isLocal(url) && existsSync(local)) return readFileSync(local, "utf8").trim()
  throw new CLIError("no editor's key: set DATELINE_KEY (a local site's is in its state folder, desk.key)", 4)
}

/** All commands, a line each. */
export function describeCommands(commands: ReadonlyMap<string, Command>): string {
  const lines = [...commands.values()].map((command) => [`dateline ${command.usage}`, command.does] as const)
  const longest = Math.max(...lines.map(([usage]) => usage.length))
  const rows = lines.map(([usage, does]) => `  ${usage.padEnd(longest)}  ${does}`)
  const common = "Everywhere: --url URL (or DATELINE_URL), --content DIR, --json. The key: DATELINE_KEY."
  const codes =
    "Exit codes: 0 done, 1 the content is wrong, 2 the command is wrong, 3 conflict, 4 the site could not be reached or refused."
  return ["Usage:", ...rows, "", common, codes].join("\n")
}

/** One command and its flags. */
export function describeCommand(command: Command): string {
  const flags = Object.keys({ ...command.options, ...commonOptions }).map((flag) => `--${flag}`)
  return [`dateline ${command.usage}`, "", `  ${command.does}`, `  Flags: ${flags.join(" ")}`].join("\n")
}
