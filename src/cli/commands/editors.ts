// Editors and their keys.

import type { Command } from "../command.ts"
import { expectAnswer, openDesk } from "../desk-client.ts"
import { CLIError } from "../failure.ts"
import { EditorsShape } from "../shapes.ts"

export const editors: Command = {
  usage: "editors add NAME [--role editor|admin] | revoke NAME | list",
  does: "who may publish; a key is shown once",
  options: { role: { type: "string" } },
  most: 2,
  shape: EditorsShape,
  async run(context, { positionals, values, output }) {
    const [action, name = ""] = positionals
    const desk = openDesk({ url: context.url, key: context.key() })
    if (action === "list") {
      const answer = await expectAnswer<{ editors: { name: string; role: string }[] }>(await desk.editors.$get())
      output.result(answer.editors)
      for (const editor of answer.editors) output.line(`${editor.role.padEnd(6)} ${editor.name}`)
      return 0
    }
    if ((action !== "add" && action !== "revoke") || name === "")
      throw new CLIError("say what to do: dateline editors add NAME, revoke NAME, or list", 2)
    if (action === "revoke") {
      const response = await desk.editors[":name"].$delete({ param: { name } })
      output.result(await expectAnswer(response))
      output.line(`${name}'s key is of no use any more`)
      return 0
    }
    const role = values.role ?? "editor"
    if (role !== "editor" && role !== "admin") throw new CLIError("--role is editor or admin", 2)
    const answer = await expectAnswer<{ name: string; key: string }>(await desk.editors.$post({ json: { name, role } }))
    output.result(answer)
    output.line(`${name} may publish with this key, shown only now:\n${answer.key}`)
    return 0
  },
}
