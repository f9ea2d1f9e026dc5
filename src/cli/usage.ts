// What every command shares: flags, the target, and the help texts that the README is checked against.
import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Call, Command, Context, Options } from "./command.ts"
import { CLIError } from "./failure.ts"
import { expectPrivateLine, isLocal, readSiteAddress } from "./site-address.ts"

export const commonOptions: Options = {
  url: { type: "string" },
  content: { type: "string" },
  json: { type: "boolean" },
}

const defaultUrl = "http://localhost:8787"

/** The target of a command, from flags and environment. Keys come from the environment or the local state, never from argv. */
export function readContext(values: Call["values"]): Context {
  const url = readSiteAddress(String(values.url ?? process.env.DATELINE_URL ?? defaultUrl))
  const content = resolve(String(values.content ?? "content"))
  return { url, content, key: () => findKey(url) }
}

function findKey(url: string): string {
  expectPrivateLine(url)
  const given = process.env.DATELINE_KEY?.trim()
  const local = join(import.meta.dirname, "../../.wrangler/dateline/desk.key")
  const key = given || (isLocal(url) && existsSync(local) ? readFileSync(local, "utf8").trim() : "")
  if (key !== "" && !/^[\x21-\x7e]{8,200}$/.test(key))
    throw new CLIError(`${given ? "DATELINE_KEY" : local} is no key: it has spaces, accents or too few characters`, 4)
  if (key !== "") return key
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
