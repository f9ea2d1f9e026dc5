// Local e-mail: what the Worker sends through its e-mail binding becomes an .eml file, which any mail program opens.
import { randomUUID } from "node:crypto"
import { renameSync } from "node:fs"
import { join } from "node:path"
import { Response } from "miniflare"
import MailComposer from "nodemailer/lib/mail-composer"
import { makePrivateFolder, writePrivateFile } from "../private-files.ts"

type MailAddress = string | { readonly email: string; readonly name?: string }

/** What `env.EMAIL.send` takes (Cloudflare Email Service). */
export interface OutgoingMail {
  readonly from: MailAddress
  readonly to: MailAddress | readonly MailAddress[]
  readonly subject: string
  readonly text?: string
  readonly html?: string
  readonly replyTo?: MailAddress
  readonly headers?: Readonly<Record<string, string>>
}

/** The message as Internet mail. @throws for a header or address that is not valid, as the platform does */
export async function composeMail(mail: OutgoingMail, id: string, date: Date): Promise<string> {
  const { subject, text, html, headers = {} } = mail
  const [from = "", ...replyTo] = [mail.from, ...(mail.replyTo === undefined ? [] : [mail.replyTo])].map(readAddress)
  const to = ([mail.to].flat() as MailAddress[]).map(readAddress)
  for (const field of [subject, ...Object.entries(headers).flat()]) refuseBreaks(field)
  const parts = [["text/plain", text] as const, ["text/html", html] as const].filter(
    ([, content]) => content !== undefined,
  )
  if (parts.length === 0) throw new Error("An e-mail needs a text")
  const alternatives = parts.map(([type, content]) => ({
    contentType: `${type}; charset=utf-8`,
    contentTransferEncoding: "base64" as const,
    content,
  }))
  const message = { from, to, replyTo, subject, alternatives, headers, date, messageId: `<${id}>` }
  return (await new MailComposer(message as MailComposer["mail"]).compile().build()).toString()
}

function readAddress(given: MailAddress): { name: string; address: string } {
  const { email, name = "" } = typeof given === "string" ? { email: given } : given
  refuseBreaks(email)
  refuseBreaks(name)
  if (!/^[^\s<>,;:"()]+@[^\s<>,;:"()@]+$/.test(email)) throw new Error("Not a valid e-mail address")
  return { name, address: email }
}

function refuseBreaks(text: string): void {
  if (/[\r\n\0]/.test(text)) throw new Error("A header of the e-mail contains a line break")
}

// The binding's other side: the Worker calls `env.EMAIL.send(message)`, here as on the platform.
const script = `
import { WorkerEntrypoint } from "cloudflare:workers"
export class Mail extends WorkerEntrypoint {
  async send(message) {
    const answer = await this.env.KEEP.fetch("http://mail/", { method: "POST", body: JSON.stringify(message) })
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json()
  }
}
export default { fetch: () => new Response(null, { status: 404 }) }
`

type Keep = (message: OutgoingMail) => Promise<string>

/** The second worker, whose entrypoint `Mail` stands for the platform's e-mail binding. */
export function mailWorker(keep: Keep) {
  return {
    name: "mail",
    modules: [{ type: "ESModule" as const, path: "mail.js", contents: script }],
    compatibilityDate: "2026-10-30",
    serviceBindings: {
      KEEP: async (request: { json(): Promise<unknown> }) => {
        try {
          return Response.json({ messageId: await keep((await request.json()) as OutgoingMail) })
        } catch (error) {
          return new Response(error instanceof Error ? error.message : String(error), { status: 400 })
        }
      },
    },
  }
}

/** Writes messages into a folder, named so that they sort by time. A file appears there only when it is complete. */
export function keepMail(folder: string, clock: () => Date = () => new Date()): Keep {
  let count = 0
  return async (message) => {
    const now = clock()
    const number = ++count
    const id = `${randomUUID()}@localhost`
    const text = await composeMail(message, id, now)
    makePrivateFolder(folder)
    const name = `${now.toISOString().replaceAll(":", "-")}-${String(number).padStart(4, "0")}.eml`
    const next = join(folder, `.${name}.tmp`)
    writePrivateFile(next, text)
    renameSync(next, join(folder, name))
    return id
  }
}
