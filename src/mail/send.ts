// Sending: the one small interface behind which the platform's e-mail binding stands, or, on a laptop, a folder of .eml files.
import type { SiteConfig } from "../site/site.ts"
import type { Letter } from "./letter.ts"

/** Sends a letter. @throws when the binding refuses it */
export type Send = (letter: Letter) => Promise<void>

/** The part of the binding that we use (Cloudflare Email Service, `send`). */
export interface EmailBinding {
  send(message: {
    from: { email: string; name: string }
    to: string
    subject: string
    text: string
    html: string
    headers?: Record<string, string>
  }): Promise<unknown>
}

/** Sends through the binding, from the newsroom's address. */
export function createSend(binding: EmailBinding, site: SiteConfig): Send {
  return async ({ to, subject, text, html, headers }) => {
    const from = { email: site.contact, name: site.name }
    await binding.send({ from, to, subject, text, html, headers: { "Auto-Submitted": "auto-generated", ...headers } })
  }
}
