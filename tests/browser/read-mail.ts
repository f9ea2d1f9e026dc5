// Reads local emails as recipients do: the newest .eml files of a state folder, parsed.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { decodeWords } from "postal-mime"

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly headers: string
  readonly text: string
  readonly html: string
}

/** All emails in STATE/mail, oldest first. */
export function readMails(state: string): Mail[] {
  const folder = join(state, "mail")
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.endsWith(".eml"))
  return names.sort().map((name) => parseMail(readFileSync(join(folder, name), "utf8")))
}

function parseMail(file: string): Mail {
  const end = file.indexOf("\r\n\r\n")
  const headers = file.slice(0, end).replace(/\r\n[ \t]+/g, " ")
  const header = (name: string) => decodeWords(new RegExp(`^${name}: (.*)$`, "im").exec(headers)?.[1] ?? "")
  const [text = "", html = ""] = [...file.matchAll(/base64\r\n\r\n([A-Za-z0-9+/=\r\n]+)/g)].map(([, part = ""]) =>
    Buffer.from(part, "base64").toString("utf8"),
  )
  return { to: header("To"), subject: header("Subject"), headers, text, html }
}

/** The first link with this path in an email's text. */
export function linkIn(mail: Mail, path: string): string {
  const found = mail.text.split(/\s/).find((word) => URL.canParse(word) && new URL(word).pathname === path)
  if (found === undefined) throw new Error(`the letter “${mail.subject}” has no link to ${path}`)
  return found
}
