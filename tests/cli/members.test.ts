import { expect, it } from "vitest"
import { members } from "../../src/cli/commands/members.ts"

it.each([
  ["nena@localhost", /^nena@localhost: no mail can reach that domain/],
  ["ne..na@example.org", /two dots in a row/],
  ["jörg@example.org", /other than a to z before the @/],
  ["nena@host.invalid", /no mail can reach that domain/],
  ["nena", /^nena: that is not an e-mail address: it should look like name@example.org$/],
])("granting to %s is refused before the key is read or anything is asked", async (email, message) => {
  const context = {
    url: "http://127.0.0.1:1",
    content: "",
    key: () => {
      throw new Error("the key was read")
    },
  }
  const output = {} as Parameters<typeof members.run>[1]["output"]
  const run = members.run(context, { positionals: ["grant", email], values: {}, output })
  await expect(run).rejects.toMatchObject({ code: 2, message: expect.stringMatching(message) })
})
