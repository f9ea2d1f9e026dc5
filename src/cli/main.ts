// The command line: `npx dateline COMMAND`.
import type { Command } from "commander"
import { version } from "../version.ts"
import { addCommand, type CommandSpec, createProgram, runProgram } from "./commander.ts"
import { explainFileError } from "./output.ts"

type Load = () => Promise<CommandSpec>

/** Every command, in the groups and order in which help lists them. A command's file is loaded only when needed. */
export const commands: readonly (readonly [group: string, name: string, load: Load])[] = [
  ["Write:", "new", async () => (await import("./commands/new.ts")).create],
  ["Write:", "check", async () => (await import("./commands/check.ts")).check],
  ["Write:", "preview", async () => (await import("./commands/preview.ts")).preview],
  ["Publish:", "publish", async () => (await import("./commands/publish.ts")).publish],
  ["Publish:", "unpublish", async () => (await import("./commands/unpublish.ts")).unpublish],
  ["Publish:", "move", async () => (await import("./commands/move.ts")).move],
  ["Publish:", "erase", async () => (await import("./commands/erase.ts")).erase],
  ["Publish:", "rollback", async () => (await import("./commands/rollback.ts")).rollback],
  ["Compare:", "status", async () => (await import("./commands/status.ts")).status],
  ["Compare:", "list", async () => (await import("./commands/list.ts")).list],
  ["Compare:", "log", async () => (await import("./commands/log.ts")).log],
  ["Compare:", "diff", async () => (await import("./commands/diff.ts")).diff],
  ["Back up:", "export", async () => (await import("./commands/archive.ts")).exportSite],
  ["Back up:", "restore", async () => (await import("./commands/archive.ts")).restore],
  ["Newsletters:", "headlines", async () => (await import("./commands/editions.ts")).headlines],
  ["Newsletters:", "digest", async () => (await import("./commands/editions.ts")).digest],
  ["People:", "stats", async () => (await import("./commands/stats.ts")).stats],
  ["People:", "editors", async () => (await import("./commands/editors.ts")).editors],
  ["People:", "members", async () => (await import("./commands/members.ts")).members],
]

export async function main(argv: readonly string[]): Promise<void> {
  const program = createProgram("npx dateline")
    .description("Write and publish articles. The editor's key comes from DATELINE_KEY, never from the command line.")
    .version(version, "--version", "show the version")

  // Exits quietly when the reader of a pipe closes it, as in `dateline list | head`.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit()
    console.error(`The output cannot be written: ${explainFileError(error)}`)
    process.exit(2)
  })

  // A command loads only its own file. Help, completion and suggestions need all of them.
  const asked = argv[0] === "--version" ? [] : commands.filter(([, name]) => name === argv[0])
  const whole = argv[0] !== "--version" && asked.length === 0
  for (const [group, , load] of whole ? commands : asked) addCommand(program, await load()).helpGroup(group)
  if (whole) {
    const { default: addCompletion } = await import("@bomb.sh/tab/commander")
    program.commandsGroup("Other:").helpCommand("help [command]", "Show help for a command")
    addCompletion(program.name("dateline"), { completionCommandName: "completion" })
    program.name("npx dateline").addHelpText(
      "after",
      `
Examples:
  npx dateline new asia/tajikistan "Snow closes the Anzob pass"
  npx dateline check
  npx dateline publish --message "Add the ministry's figures"
  source <(npx dateline completion bash)

Exit codes: 0 done, 1 the content is wrong, 2 the command is wrong, 3 conflict, 4 the site was unreachable or refused the request`,
    )
  }
  // For `help publsh`, `publsh --help` and `help members grnt`, commander would only show the help of the level above.
  const words = argv.filter((word) => !/^(?:help|--help|-h)$/.test(word))
  const isUnknown = lacks(program, words)
  await runProgram(program, isUnknown ? words : argv)
  // A request that timed out leaves its connection to a proxy open, which would keep the process running.
  if (process.exitCode) setTimeout(() => process.exit(), 200).unref()
}

/** Whether these words name a command that does not exist. */
function lacks({ commands }: Command, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined || name.startsWith("-") || commands.length === 0) return false
  const command = commands.find((one) => one.name() === name)
  return command === undefined || lacks(command, rest)
}

if (import.meta.main) await main(process.argv.slice(2))
