// `editors`: lists editors, adds them and revokes their keys.
import * as v from "valibot"
import type { CommandSpec } from "../commander.ts"
import { expectAnswer, openDesk } from "../desk-client.ts"
import { CLIError } from "../output.ts"

const Role = v.picklist(["editor", "admin"])
const EditorsShape = v.union([
  v.array(v.strictObject({ name: v.string(), role: Role })),
  v.strictObject({ name: v.string(), role: Role, key: v.string() }),
  v.strictObject({ name: v.string() }),
])

const list = {
  usage: "list",
  summary: "List all editors",
  async run(context, { output }) {
    const { editors } = await expectAnswer(openDesk(context).editors.$get(), "editors")
    output.result(editors)
    for (const editor of editors) output.line(`${editor.role.padEnd(6)} ${editor.name}`)
  },
} satisfies CommandSpec

const add = {
  usage: "add <name>",
  summary: "Add an editor and print their key, which is shown only once",
  options: [["--role <role>", "`editor` (default) or `admin`"]],
  examples: ['editors add "Sitora Nazarova"', 'editors add "Jo Park" --role admin'],
  async run(context, { args: [name = ""], options: { role = "editor" }, output }) {
    if (role !== "editor" && role !== "admin") throw new CLIError("--role must be `editor` or `admin`", 2)
    const answer = await expectAnswer(openDesk(context).editors.$post({ json: { name, role } }), "key")
    output.result(answer)
    output.line(`${name} can now publish with this key. It will not be shown again:\n${answer.key}`)
  },
} satisfies CommandSpec

const revoke = {
  usage: "revoke <name>",
  summary: "Revoke an editor's key",
  async run(context, { args: [name = ""], output }) {
    output.result(await expectAnswer(openDesk(context).editors[":name"].$delete({ param: { name } })))
    output.line(`${name}'s key no longer works`)
  },
} satisfies CommandSpec

export const editors = {
  usage: "editors",
  summary: "Manage editors and their keys",
  shape: EditorsShape,
  commands: [list, add, revoke],
} satisfies CommandSpec
