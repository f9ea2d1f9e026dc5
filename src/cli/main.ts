// The command line: names a command, reads its flags, turns a failure into a message and an exit code.
import { parseArgs } from "node:util"
import { nearestKey } from "../article/mistakes.ts"
import { version } from "../version.ts"
import { commandNames, loadCommand, loadCommands } from "./commands.ts"
import { CLIError } from "./failure.ts"
import { createOutput } from "./output.ts"
import { commonOptions, describeCommand, describeCommands, readContext } from "./usage.ts"

async function run(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(describeCommands(await loadCommands()))
    return name === undefined ? 2 : 0
  }
  if (name === "--version") {
    console.log(version)
    return 0
  }
  const command = await loadCommand(name)
  if (command === null) throw new CLIError(`there is no command \`${name}\`${suggest(name, commandNames)}`, 2)
  if (rest.includes("--help") || rest.includes("-h")) {
    console.log(describeCommand(command))
    return 0
  }
  const options = { ...commonOptions, ...command.options }
  const { values, positionals } = parse(rest, options, name)
  const tooMany = positionals[command.most]
  if (tooMany !== undefined)
    throw new CLIError(
      `\`${tooMany}\` is one too many: dateline ${command.usage} (a title or reason goes in quotes)`,
      2,
    )
  const output = createOutput(values.json === true, command.shape)
  return command.run(readContext(values), { positionals, values, output })
}

function parse(args: string[], options: NonNullable<Parameters<typeof parseArgs>[0]>["options"], name: string) {
  try {
    return parseArgs({ args, options: options ?? {}, allowPositionals: true, strict: true })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const flag = /'--?([\w-]+)/.exec(message)?.[1]
    const near = flag === undefined ? "" : suggest(flag, Object.keys(options ?? {}), "--")
    throw new CLIError(`${message.split(".")[0]}${near} — see \`npx dateline ${name} --help\``, 2)
  }
}

function suggest(wrong: string, known: readonly string[], prefix = ""): string {
  const near = nearestKey(wrong, known)
  return near === null ? "" : `: did you mean \`${prefix}${near}\`?`
}

// `dateline list | head` ends quietly.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2))

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  const known = error instanceof CLIError
  console.error(known ? error.message : error)
  // What nobody foresaw says nothing about the content: never 1.
  process.exitCode = known ? error.code : 2
}
