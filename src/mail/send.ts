// Sending email through the platform's binding; on a laptop a stand-in for it writes .eml files.
import type { SiteConfig } from "../site/site.ts"
import type { Email } from "./email.ts"

/** @throws when the binding refuses the email */
export type Send = (email: Email) => Promise<void>

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
