import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { convertV4MiniflareOptions, Miniflare } from "miniflare"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { composeMail, keepMail, mailWorker, type OutgoingMail } from "../../../src/cli/local/server.ts"

const at = new Date("2026-11-24T06:00:00Z")
const mail = {
  from: { email: "news@meridian.example", name: "Meridian" },
  to: "reader@example.org",
  subject: "The daily headlines",
  text: "Lorries wait.",
  html: "<p>Lorries wait.</p>",
}

describe("composeMail", () => {
  it("contains both texts unchanged", async () => {
    const text = await composeMail({ ...mail, text: "Душанбе — ثلج\n" }, "id@localhost", at)
    expect(text).toContain("From: Meridian <news@meridian.example>\r\nTo: reader@example.org\r\n")
    expect(text).toContain("Date: Tue, 24 Nov 2026 06:00:00 +0000\r\n")
    const parts = [...text.matchAll(/base64\r\n\r\n([\s\S]*?)\r\n--/g)].map(([, part = ""]) =>
      Buffer.from(part, "base64").toString("utf8"),
    )
    expect(parts).toEqual(["Душанбе — ثلج\n", "<p>Lorries wait.</p>"])
  })

  it("leaves a List-Id as it is", async () => {
    const headers = { "List-Id": '"The headlines" <headlines.example.org>' }
    expect(await composeMail({ ...mail, headers }, "1@localhost", new Date(0))).toContain(`: ${headers["List-Id"]}\r\n`)
  })

  it("encodes non-ASCII headers", async () => {
    const subject = "Снег закрыл перевал Анзоб, грузовики ждут третью неделю — ".repeat(3)
    const text = await composeMail(
      { ...mail, subject, from: { email: "a@b.example", name: 'N. "Q", desk' } },
      "i@l",
      at,
    )
    const [, folded = ""] = /^Subject: ((?:.*\r\n )*.*)\r\n/m.exec(text) ?? []
    const words = folded.split("\r\n ")
    for (const word of words) expect(word.length).toBeLessThanOrEqual(75)
    const read = words.map((word) => Buffer.from(word.slice(10, -2), "base64").toString("utf8")).join("")
    expect(read).toBe(subject)
    expect(text).toContain('From: "N. \\"Q\\", desk" <a@b.example>')
  })

  it.each<OutgoingMail>([
    { ...mail, subject: "x\r\nBcc: everyone@example.org" },
    { ...mail, to: "a@b.example\nBcc: c@d.example" },
    { ...mail, to: "a@b.example, c@d.example" },
    { ...mail, from: { email: "a@b.example", name: "x\r\ny" } },
    { ...mail, headers: { "X-A: b\r\nBcc": "c@d.example" } },
    { ...mail, headers: { "X-A": "b\r\nBcc: c@d.example" } },
  ])("refuses values that would break out of their header (%#)", async (message) => {
    await expect(composeMail(message, "i@l", at)).rejects.toThrow()
  })
})

describe("the local email binding", () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dateline-mail-"))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it("saves the emails that a Worker sends, in order, readable only by the owner", { timeout: 30_000 }, async () => {
    const printed: string[] = []
    const script = `export default { async fetch(request, env) {
      try { return Response.json(await env.EMAIL.send(await request.json())) }
      catch (error) { return new Response(error.message, { status: 500 }) }
    } }`
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        cf: false,
        telemetry: { enabled: false },
        workers: [
          {
            name: "sender",
            modules: [{ type: "ESModule", path: "sender.js", contents: script }],
            compatibilityDate: "2026-10-30",
            serviceBindings: { EMAIL: { name: "mail", entrypoint: "Mail" } },
          },
          mailWorker(
            keepMail(
              folder,
              (line) => printed.push(line),
              () => at,
            ),
          ),
        ],
      }),
    )
    try {
      const send = (message: object) =>
        miniflare.dispatchFetch("http://x/", { method: "POST", body: JSON.stringify(message) })
      const text = "Sign in:\nhttp://localhost:8787/sign-in/confirm?token=x-1\n\nhttp://localhost:8787/"
      for (const subject of ["first", "second"]) expect((await send({ ...mail, text, subject })).status).toBe(200)
      const refused = await send({ ...mail, subject: "a\nb" })
      expect([refused.status, await refused.text()]).toEqual([
        500,
        "An email header contains a line break or a null character",
      ])
    } finally {
      await miniflare.dispose()
    }
    const line = "E-mail to reader@example.org: http://localhost:8787/sign-in/confirm?token=x-1"
    expect(printed).toEqual([line, line])
    const files = readdirSync(folder).sort()
    expect(files.map((name) => /^Subject: (.*)\r$/m.exec(readFileSync(join(folder, name), "utf8"))?.[1])).toEqual([
      "first",
      "second",
    ])
    for (const name of files) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
  })
})
