// Local mail: what the Worker sends through its e-mail binding lands as a file that any mail program opens.
import { randomUUID } from "node:crypto"
import { renameSync } from "node:fs"
import { join } from "node:path"
import { Response } from "miniflare"
import { makePrivateFolder, writePrivateFile } from "../private-files.ts"
import { composeMail, type OutgoingMail } from "./compose-mail.ts"

// The binding's other side: the product calls `env.EMAIL.send(message)`, here as on the platform.
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

type Keep = (message: OutgoingMail) => string

/** The second worker, whose entrypoint `Mail` stands for the platform's e-mail binding. */
export function mailWorker(keep: Keep) {
  return {
    name: "mail",
    modules: [{ type: "ESModule" as const, path: "mail.js", contents: script }],
    compatibilityDate: "2026-10-30",
    serviceBindings: {
      KEEP: async (request: { json(): Promise<unknown> }) => {
        try {
          return Response.json({ messageId: keep((await request.json()) as OutgoingMail) })
        } catch (error) {
          return new Response(error instanceof Error ? error.message : "this mail cannot be written", { status: 400 })
        }
      },
    },
  }
}

/** Writes messages into a folder, named so that they sort by time. Whoever lists the folder sees whole files only. */
export function keepMail(folder: string, clock: () => Date = () => new Date()): Keep {
  let count = 0
  return (message) => {
    const now = clock()
    const id = `${randomUUID()}@localhost`
    const text = composeMail(message, id, now)
    makePrivateFolder(folder)
    const name = `${now.toISOString().replaceAll(":", "-")}-${String(++count).padStart(4, "0")}.eml`
    const next = join(folder, `.${name}.tmp`)
    writePrivateFile(next, text)
    renameSync(next, join(folder, name))
    return id
  }
}
