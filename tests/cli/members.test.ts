import { expect, it } from "vitest"
import { members } from "../../src/cli/commands/members.ts"
import type { Output } from "../../src/cli/output.ts"

it.each([
  ["nena@localhost", /^nena@localhost: that domain cannot receive email/],
  ["ne..na@example.org", /two dots in a row/],
  ["jörg@example.org", /only the letters a to z are supported before the @/],
  ["nena@host.invalid", /that domain cannot receive email/],
  ["nena", /^nena: that is not an email address: it should look like name@example.org$/],
])("refuses to grant a membership to %s before it reads the key or sends a request", async (email, message) => {
  const context = {
    url: "http://127.0.0.1:1",
    content: "",
    get key(): string {
      throw new Error("the key was read")
    },
  }
  const grant = members.commands.find(({ usage }) => usage.startsWith("grant"))
  const run = grant?.run(context, { args: [email], options: {}, output: {} as Output })
  await expect(run).rejects.toMatchObject({ code: 2, message: expect.stringMatching(message) })
})
