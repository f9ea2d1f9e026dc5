// A message of the e-mail binding as Internet mail (RFC 5322, MIME): what stands in an .eml file.

export type MailAddress = string | { readonly email: string; readonly name?: string }

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

// RFC 5322 §2.1.1; an encoded word is shorter still (RFC 2047 §2: 75).
const longestLine = 76
const bytesAWord = 42

/** The message as a file. @throws for a header that would break out of its line */
export function composeMail(mail: OutgoingMail, id: string, date: Date): string {
  const to = Array.isArray(mail.to) ? mail.to : [mail.to as MailAddress]
  const headers = [
    ["From", formatAddress(mail.from)],
    ["To", to.map(formatAddress).join(",\r\n ")],
    ...(mail.replyTo === undefined ? [] : [["Reply-To", formatAddress(mail.replyTo)]]),
    ["Subject", encodeWords(mail.subject)],
    ["Date", date.toUTCString().replace("GMT", "+0000")],
    ["Message-ID", `<${id}>`],
    ...Object.entries(mail.headers ?? {}).map(([name, value]) => [checkName(name), encodeWords(value)]),
    ["MIME-Version", "1.0"],
  ]
  const parts = [
    ...(mail.text === undefined ? [] : [formatPart("text/plain", mail.text)]),
    ...(mail.html === undefined ? [] : [formatPart("text/html", mail.html)]),
  ]
  if (parts.length === 0) throw new Error("a mail needs a text")
  const boundary = `=_${id.replace(/\W/g, "")}`
  const body =
    parts.length === 1
      ? parts[0]
      : [
          `Content-Type: multipart/alternative; boundary="${boundary}"`,
          "",
          ...parts.flatMap((part) => [`--${boundary}`, part]),
          `--${boundary}--`,
          "",
        ].join("\r\n")
  return `${headers.map(([name, value]) => `${name}: ${value}`).join("\r\n")}\r\n${body}`
}

function formatPart(type: string, text: string): string {
  const lines =
    Buffer.from(text, "utf8")
      .toString("base64")
      .match(/.{1,76}/g) ?? []
  const head = [`Content-Type: ${type}; charset=utf-8`, "Content-Transfer-Encoding: base64"]
  return [...head, "", ...lines, ""].join("\r\n")
}

function formatAddress(address: MailAddress): string {
  const { email, name = "" } = typeof address === "string" ? { email: address } : address
  refuseBreaks(email)
  if (!/^[^\s<>,;:"()]+@[^\s<>,;:"()@]+$/.test(email)) throw new Error("this is no mail address")
  if (name === "") return email
  // An atom stands as it is, everything else quoted or encoded (RFC 5322 §3.2.3).
  const plain = /^[\w !#$%&'*+/=?^`{|}~-]+$/.test(name)
  return `${plain ? name : isAscii(name) ? quoteName(name) : encodeWords(name)} <${email}>`
}

function quoteName(name: string): string {
  refuseBreaks(name)
  return `"${name.replace(/["\\]/g, "\\$&")}"`
}

function encodeWords(text: string): string {
  refuseBreaks(text)
  if (isAscii(text) && text.length <= longestLine * 10) return text
  const words: string[] = []
  let word = ""
  for (const sign of text) {
    if (Buffer.byteLength(word + sign) > bytesAWord) {
      words.push(word)
      word = ""
    }
    word += sign
  }
  words.push(word)
  return words.map((one) => `=?utf-8?B?${Buffer.from(one, "utf8").toString("base64")}?=`).join("\r\n ")
}

function checkName(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name)) throw new Error("this is no header's name")
  return name
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}

function refuseBreaks(text: string): void {
  if (/[\r\n\0]/.test(text)) throw new Error("a header of a mail holds a line break")
}
