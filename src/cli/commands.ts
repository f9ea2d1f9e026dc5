// Every command, in the groups and the order that help lists them in. A command's file is loaded when it is called.
import type { CommandSpec } from "./command.ts"

type Load = () => Promise<CommandSpec>

export const commands: readonly (readonly [group: string, name: string, load: Load])[] = [
  ["Write:", "new", async () => (await import("./commands/new.ts")).create],
  ["Write:", "check", async () => (await import("./commands/check.ts")).check],
  ["Publish:", "publish", async () => (await import("./commands/publish.ts")).publish],
  ["Publish:", "unpublish", async () => (await import("./commands/unpublish.ts")).unpublish],
  ["Publish:", "move", async () => (await import("./commands/move.ts")).move],
  ["Publish:", "rollback", async () => (await import("./commands/rollback.ts")).rollback],
  ["Compare:", "status", async () => (await import("./commands/status.ts")).status],
  ["Compare:", "list", async () => (await import("./commands/list.ts")).list],
  ["Compare:", "log", async () => (await import("./commands/log.ts")).log],
  ["Compare:", "diff", async () => (await import("./commands/diff.ts")).diff],
  ["People:", "editors", async () => (await import("./commands/editors.ts")).editors],
  ["People:", "members", async () => (await import("./commands/members.ts")).members],
]
