import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
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

it("lists members in order of address, from pages in any order", async () => {
  const member = (email: string) => ({ email, standing: "ended", source: null, until: null })
  const pages = [
    { members: ["Zoe@a.example", "bo@a.example"].map(member), next: "id-2" },
    { members: [member("Ann@a.example")], next: null },
  ]
  const server = createServer(({ url = "" }, response) =>
    response.end(JSON.stringify(pages[url.endsWith("?after=id-2") ? 1 : 0])),
  )
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  try {
    const lines: string[] = []
    const output = { line: (text: string) => lines.push(text), result: () => undefined } as unknown as Output
    const context = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, content: "", key: "test-key" }
    const list = members.commands.find(({ usage }) => usage === "list")
    await list?.run(context, { args: [], options: {}, output })
    expect(lines.pop()).toBe("3 in total, of whom 0 are current members")
    expect(lines.map((line) => line.split(" ").at(-1))).toEqual(["Ann@a.example", "bo@a.example", "Zoe@a.example"])
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
