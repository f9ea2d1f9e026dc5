// What a command is: how it is called, what it does, what it prints for machines.
import type { ParseArgsConfig } from "node:util"
import type * as v from "valibot"
import type { Output } from "./output.ts"

/** Flags as `parseArgs` takes them. */
export type Options = NonNullable<ParseArgsConfig["options"]>

export interface Context {
  readonly url: string
  readonly content: string
  /** The editor's key. @throws CLIError when there is none */
  readonly key: () => string
}

export interface Call {
  readonly positionals: readonly string[]
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
  readonly output: Output
}

export interface Command {
  readonly usage: string
  readonly does: string
  readonly options: Options
  /** How many words it takes besides flags. */
  readonly most: number
  /** What it prints with --json (shapes.ts). */
  readonly shape: v.GenericSchema
  run(context: Context, call: Call): Promise<number>
}
