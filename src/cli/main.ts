// The command line: `npx dateline COMMAND`.
import { version } from "../version.ts"
import { addCommand, commands, createProgram, runProgram } from "./command.ts"

const argv = process.argv.slice(2)
const program = createProgram("npx dateline")
  .description("Write and publish articles. The editor's key comes from DATELINE_KEY, never from the command line.")
  .version(version, "--version", "show the version")

// `dateline list | head` ends quietly.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2))

// A command loads its own file only. Help, completion and suggestions need them all.
const asked = argv[0] === "--version" ? [] : commands.filter(([, name]) => name === argv[0])
const whole = argv[0] !== "--version" && asked.length === 0
for (const [group, , load] of whole ? commands : asked) addCommand(program, await load()).helpGroup(group)
if (whole) {
  const { default: addCompletion } = await import("@bomb.sh/tab/commander")
  program.commandsGroup("Other:").helpCommand("help [command]", "Show the help of a command")
  addCompletion(program.name("dateline"), { completionCommandName: "completion" })
  program.name("npx dateline").addHelpText(
    "after",
    `
Examples:
  npx dateline new asia/tajikistan "Snow closes the Anzob pass"
  npx dateline check
  npx dateline publish --message "Add the ministry's figures"
  source <(npx dateline completion bash)

Exit codes: 0 done, 1 the content is wrong, 2 the command is wrong, 3 conflict, 4 the site could not be reached or refused`,
  )
}
await runProgram(program, argv)
