// Sets up commander: the options that all commands share, the target site, and messages for incorrect usage.
import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { Command, CommanderError } from "commander"
import type * as v from "valibot"
import { loadLanguages } from "../site/messages.ts"
import type { Target } from "./desk-client.ts"
import { CLIError, createOutput, type ExitCode, explainFileError, type Output, quieten } from "./output.ts"

/** What every command is given. Reading `key` throws a CLIError if no valid key is set. */
export interface Context extends Target {
  readonly content: string
}

export interface Call {
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
  readonly output: Output
}

export interface CommandSpec {
  /** Name and arguments in commander's syntax: `move <old> <new>`. */
  readonly usage: string
  /** One sentence for the list of commands. */
  readonly summary: string
  readonly options?: readonly (readonly [flags: string, description: string])[]
  readonly examples?: readonly string[]
  /** The schema of the command's --json output. Subcommands use their parent's. */
  readonly shape?: v.GenericSchema
  /** @returns the exit code, if it is not 0 */
  run?(context: Context, call: Call): Promise<ExitCode | undefined>
  readonly commands?: readonly CommandSpec[]
}

// Commands need the languages for dates, prices and checks.
await loadLanguages()

const defaultUrl = "http://localhost:8787"

/** A commander program without commands, which prints our own messages and throws errors instead of exiting. */
export function createProgram(name: string): Command {
  const program = new Command(name)
  return program
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(explainUsage(text, program)) })
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError(`See \`${name} --help\`.`)
    .allowExcessArguments()
    .hook("preAction", (_, command) => refuseExcess(command))
}

export function addCommand(parent: Command, spec: CommandSpec, shape = spec.shape): Command {
  const command = parent.command(spec.usage).description(spec.summary).helpCommand(false)
  const name = [...(parent.parent === null ? [] : [parent.parent.name()]), parent.name(), command.name()].join(" ")
  command.showHelpAfterError(`See \`${name} --help\`.`)
  for (const one of spec.commands ?? []) addCommand(command, one, shape)
  if (spec.examples !== undefined)
    command.addHelpText("after", `\nExamples:\n${spec.examples.map((one) => `  npx dateline ${one}`).join("\n")}`)
  const { run } = spec
  if (run === undefined || shape === undefined) return command
  for (const [flags, description] of spec.options ?? []) command.option(flags, description)
  return command
    .optionsGroup("Common options:")
    .option("--url <url>", `the site's address (default: DATELINE_URL, or ${defaultUrl})`)
    .option("--content <folder>", "the content folder (default: content)")
    .option("--json", "print the result as JSON")
    .action(async () => {
      const options = command.opts()
      const output = createOutput(options.json === true, shape)
      process.exitCode = (await run(readContext(options), { args: command.args, options, output })) ?? 0
    })
}

/** Parses the arguments and runs the command. A failure becomes a message and an exit code. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(argv, { from: "user" })
  } catch (error) {
    // Never 1, which means wrong content: an unexpected failure says nothing about the content.
    process.exitCode = error instanceof CLIError ? error.code : 2
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else console.error(quieten(explainFailure(error as Error)))
  }
}

/** Explains a failure in one sentence. With DEBUG=1, an unexpected error includes its stack trace. */
export function explainFailure(error: Error): string {
  if (error instanceof CLIError) return error.message
  // Node's errors name the file, except when it is a folder that was read, or when the disk is full.
  const { path = "a file", syscall = "", code = "" } = error as NodeJS.ErrnoException
  if ("path" in error || syscall === "read" || syscall === "write") {
    const isWrite = /write|rename|unlink|rmdir|chmod|EROFS|ENOSPC|EDQUOT/.test(`${syscall} ${code}`)
    const verb = isWrite ? "written" : syscall === "mkdir" ? "created" : "opened"
    return `${path} cannot be ${verb}: ${explainFileError(error)}`
  }
  return `Unexpected failure: ${process.env.DEBUG ? error.stack : error.message}`
}

/** Rejects excess arguments and names the first one, which commander's own message would not. */
function refuseExcess(command: Command): void {
  const { args, registeredArguments } = command
  const excess = args[registeredArguments.length]
  if (excess === undefined || registeredArguments.at(-1)?.variadic) return
  const hint = registeredArguments.length > 0 ? ". Put text that contains spaces in quotes" : ""
  // Anything other than a path or a word may contain a password or key, so it is not printed.
  const shown = /^[\p{L}\p{M}\p{N}./_-]{1,100}$/u.test(excess) ? ` \`${excess}\`` : ""
  command.error(`Unexpected argument${shown}${hint}`)
}

/** Rewords commander's message. Commander repeats arguments in full, so `--key=SECRET` is cut to its name here. */
function explainUsage(text: string, program: Command): string {
  const [, kind, word = "", rest = ""] = /^error: ([^']+) '(-?-?[\w-]*)(.*)$/s.exec(text) ?? []
  if (kind === undefined) return text
  const near = /\(Did you mean (?:one of )?([^()]+)\?\)\n$/.exec(rest)?.[1]?.split(", ") ?? []
  // A subcommand typed without its group.
  for (const group of kind === "unknown command" ? program.commands : [])
    if (group.commands.some((one) => one.name() === word)) near.push(`${group.name()} ${word}`)
  const suggestion = near.length === 0 ? "" : `. Did you mean ${near.map((one) => `\`${one}\``).join(" or ")}?`
  if (kind === "unknown command") return `Unknown command \`${word}\`${suggestion}\n`
  if (kind === "unknown option" && near.includes(word) && rest.startsWith("=")) return `\`${word}\` takes no value\n`
  if (kind === "unknown option") return `Unknown option \`${word.replace(/^(-\w).*/, "$1")}\`${suggestion}\n`
  if (kind === "missing required argument") return `Missing argument \`${word}\`\n`
  const allowed = /Allowed choices .*/.exec(rest)?.[0]
  if (kind === "option" && allowed === undefined) return `\`${word}\` needs a value\n`
  return `Invalid argument. ${allowed ?? ""}\n`
}

/** Keys come from the environment or the local state, never from argv. */
function readContext(options: Call["options"]): Context {
  const url = readSiteAddress(String(options.url ?? process.env.DATELINE_URL ?? defaultUrl))
  const content = readFolder("--content", options.content as string | undefined, "content")
  return {
    url,
    content,
    get key() {
      return findKey(url)
    },
  }
}

/** The folder that a flag names. @throws CLIError if the value is empty, which would mean the current folder */
export function readFolder(flag: string, given: string | undefined, usual: string): string {
  if (given?.trim() === "") throw new CLIError(`The value of ${flag} is empty. Is a variable unset?`, 2)
  return resolve(given ?? usual)
}

/** Whether an address is on this machine. `URL` has already turned `2130706433` and `127.1` into `127.0.0.1`. */
export function isLocal(url: string): boolean {
  return /^(?:localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(new URL(url).hostname)
}

/** The given address without a trailing slash. Messages never repeat it: it may contain a password. @throws CLIError */
export function readSiteAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.search + url.hash !== "") {
    const bare = /^[a-z0-9.-]+(?::\d{1,5})?\/?$/i.test(given) && (/[.]/.test(given) || given.startsWith("localhost"))
    const near = bare ? `${isLocal(`http://${given}`) ? "http" : "https"}://${given}` : "https://example.org"
    throw new CLIError(`The value of --url or DATELINE_URL is not a valid site address. Use one like ${near}`, 2)
  }
  if (url.username + url.password !== "")
    throw new CLIError("--url and DATELINE_URL cannot contain a user name or password. Set DATELINE_KEY instead", 2)
  return (url.origin + url.pathname).replace(/\/+$/, "")
}

/** Where this machine keeps the admin key of a site that it started or deployed. */
export function deskKeyFile(url: string): string {
  const kept = isLocal(url) ? "dateline/desk.key" : `deploy/${new URL(url).host.replace(":", "_")}.key`
  return join(import.meta.dirname, "../../.wrangler", kept)
}

function findKey(url: string): string {
  const given = process.env.DATELINE_KEY?.trim()
  const kept = deskKeyFile(url)
  const key = given || (existsSync(kept) ? readFileSync(kept, "utf8").trim() : "")
  if (key === "")
    throw new CLIError("No editor's key found. Set DATELINE_KEY. A local site's key is in STATE/desk.key", 4)
  if (!isEditorsKey(key))
    throw new CLIError(`The key in ${given ? "DATELINE_KEY" : kept} ${wrongKey}. Copy it again`, 4)
  return key
}

export const wrongKey = "is not valid: it is too short, or contains quotes, spaces or accents"

/** Whether the desk could accept this key, which is sent in a header. Docker's --env-file keeps quotes. */
export const isEditorsKey = (key: string): boolean => /^[\x21-\x7e]{8,200}$/.test(key) && !/^(["']).*\1$/.test(key)
