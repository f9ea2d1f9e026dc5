// Every command by its name; each in a file of its own.

import type { Command } from "./command.ts"
import { check } from "./commands/check.ts"
import { diff } from "./commands/diff.ts"
import { editors } from "./commands/editors.ts"
import { list } from "./commands/list.ts"
import { log } from "./commands/log.ts"
import { members } from "./commands/members.ts"
import { move } from "./commands/move.ts"
import { create } from "./commands/new.ts"
import { publish } from "./commands/publish.ts"
import { rollback } from "./commands/rollback.ts"
import { status } from "./commands/status.ts"
import { unpublish } from "./commands/unpublish.ts"

export const commands: ReadonlyMap<string, Command> = new Map([
  ["new", create],
  ["check", check],
  ["publish", publish],
  ["unpublish", unpublish],
  ["move", move],
  ["status", status],
  ["list", list],
  ["log", log],
  ["diff", diff],
  ["rollback", rollback],
  ["editors", editors],
  ["members", members],
])
