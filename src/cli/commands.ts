// Every command by its name; each in a file of its own, which is read when the command is called.
import type { Command } from "./command.ts"

const files: Readonly<Record<string, () => Promise<Command>>> = {
  new: async () => (await import("./commands/new.ts")).create,
  check: async () => (await import("./commands/check.ts")).check,
  publish: async () => (await import("./commands/publish.ts")).publish,
  unpublish: async () => (await import("./commands/unpublish.ts")).unpublish,
  move: async () => (await import("./commands/move.ts")).move,
  status: async () => (await import("./commands/status.ts")).status,
  list: async () => (await import("./commands/list.ts")).list,
  log: async () => (await import("./commands/log.ts")).log,
  diff: async () => (await import("./commands/diff.ts")).diff,
  rollback: async () => (await import("./commands/rollback.ts")).rollback,
  editors: async () => (await import("./commands/editors.ts")).editors,
  members: async () => (await import("./commands/members.ts")).members,
}

export const commandNames: readonly string[] = Object.keys(files)

/** The command of this name; null: there is none. */
export async function loadCommand(name: string): Promise<Command | null> {
  return Object.hasOwn(files, name) ? ((await files[name]?.()) ?? null) : null
}

/** All of them, by name. */
export async function loadCommands(): Promise<ReadonlyMap<string, Command>> {
  return new Map(await Promise.all(Object.entries(files).map(async ([name, load]) => [name, await load()] as const)))
}
