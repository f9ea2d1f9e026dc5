// The emails of editions and of the account, as mail programs read them: parsed from .eml files.
import PostalMime from "postal-mime"
import { describe, expect, it } from "vitest"
import config from "../../dateline.config.ts"
import type { Edition } from "../../src/article/edition.ts"
import { composeMail } from "../../src/cli/local/server.ts"
import {
  claimEmail,
  confirmationEmail,
  memberWelcomeEmail,
  paymentFailedEmail,
  signInEmail,
  subscriberEmail,
} from "../../src/mail/account-emails.ts"
import { addressLetter, writeLetter } from "../../src/mail/edition-email.ts"
import type { Email } from "../../src/mail/email-layout.ts"
import type { SiteConfig } from "../../src/site/site.ts"
import { findNonconformities } from "../render/conformance.ts"
import { attribute, findFaults, readPage, textOf } from "../render/sample.ts"
import { makeEdition, makeIntroduction, makeStories } from "./sample.ts"

const token = "t0ken-".padEnd(43, "x")
const to = { email: "reader@example.org", token }
const { postalAddress }: SiteConfig = config
const write = (edition: Edition, site: SiteConfig = config) => addressLetter(writeLetter(edition, site), to)
const bytes = (text: string) => new TextEncoder().encode(text).length

const samples: [string, Email][] = config.languages.flatMap((language): [string, Email][] => {
  const reader = { email: to.email, language }
  const intro = makeIntroduction(language)
  return [
    [`headlines in ${language}`, write(makeEdition({ language, more: 12 }))],
    [`one headline in ${language}`, write(makeEdition({ language, stories: makeStories(language, 1) }))],
    [`headlines with a note in ${language}`, write(makeEdition({ language, intro }))],
    [
      `a digest in ${language}`,
      write(makeEdition({ list: "digest", language, intro, title: "Quatre cents « camions »" })),
    ],
    [`a digest of a note in ${language}`, write(makeEdition({ list: "digest", language, intro, stories: [] }))],
    [`a sign-in link in ${language}`, signInEmail(reader, `${config.origin}/sign-in/confirm?token=${token}`, config)],
    [`a newsletter's welcome in ${language}`, subscriberEmail("Welcome", reader, token, config)],
    [`a member's welcome in ${language}`, memberWelcomeEmail(reader, config.membership.price, config)],
    [`a subscriber's second sign-up in ${language}`, subscriberEmail("Already", reader, token, config)],
    [`a sign-up to confirm in ${language}`, confirmationEmail(reader, token, config)],
    [`a purchase to claim in ${language}`, claimEmail(reader, config.origin, config.membership.price, config)],
    [`a failed payment in ${language}`, paymentFailedEmail(reader, Date.UTC(2026, 10, 23), config)],
  ]
})

describe.each(samples)("%s", (_, email) => {
  it("parses from its .eml file as it was written", async () => {
    const from = { email: config.contact, name: config.name }
    const { to: address, subject, text, html, headers } = email
    const message = { from, to: address, subject, text, html, ...(headers && { headers }) }
    const parsed = await PostalMime.parse(await composeMail(message, "id@localhost", new Date("2026-11-23T05:00:00Z")))
    expect(parsed).toMatchObject({ subject, html, from: { address: config.contact, name: config.name } })
    expect(parsed.text).toBe(text)
    expect(parsed.to).toMatchObject([{ address: to.email }])
    for (const [name, value] of Object.entries(headers ?? {})) {
      const read = parsed.headers.find(({ key }) => key === name.toLowerCase())?.value
      expect(read).toBe(value)
    }
  })

  it("has words in place of all placeholders", () => {
    for (const part of [email.subject, email.text, email.html.replace(/<style>.*?<\/style>/s, "")])
      expect(part).not.toMatch(/\{\w+\}/)
  })

  it("is a conforming document with one title, headings in order, and tables that only lay out", async () => {
    expect(await findNonconformities(email.html, true)).toEqual([])
    expect(findFaults(email.html)).toEqual([])
    const page = readPage(email.html)
    for (const table of page.named("table")) expect(attribute(table, "role")).toBe("presentation")
    const [root] = page.named("html")
    const [article] = page.elements.filter((one) => attribute(one, "role") === "article")
    for (const name of ["lang", "dir"]) expect(attribute(article, name)).toBe(attribute(root, name))
    expect(attribute(root, "dir")).toBe(attribute(root, "lang") === "ar" ? "rtl" : "ltr")
  })

  it("loads nothing, links to absolute addresses, and weighs less than 60 KB", () => {
    const page = readPage(email.html)
    for (const name of ["img", "link", "script", "iframe", "object", "video"]) expect(page.named(name)).toEqual([])
    expect(email.html).not.toMatch(/url\(|@import|@font-face|\ssrc=|\sbackground=/)
    for (const link of page.named("a")) {
      const url = new URL(attribute(link, "href") ?? "")
      expect(["https:", "mailto:"]).toContain(url.protocol)
      if (url.protocol === "https:") expect([config.origin, "https://en.wikipedia.org"]).toContain(url.origin)
    }
    expect(bytes(email.html)).toBeLessThan(60_000)
  })

  it("says the same in plain text, in short lines, with every link on a line of its own", () => {
    const page = readPage(email.html)
    const words = (text: string) => text.replace(/\s+/g, " ").trim()
    // Without the marks of quotations and lists. The subject is the title of an account's email.
    const text = words(`${email.subject}\n${email.text.replace(/^(?:> |- |\d+\. | +)/gm, "")}`)
    for (const one of ["h1", "h2", "h3", "p", "li"].flatMap(page.named))
      for (const part of textOf(one).split(/\s·\s/)) expect(text).toContain(words(part))
    for (const link of page.named("a")) expect(email.text).toContain(attribute(link, "href"))
    for (const line of email.text.split("\n"))
      if (!/https?:|mailto:/.test(line)) expect(line.length).toBeLessThanOrEqual(72)
    for (const [url] of email.text.matchAll(/\S*https?:\S*/g))
      expect(URL.canParse(url.replace(/^<|>$/g, ""))).toBe(true)
    expect(email.text.split("\n-- \n")).toHaveLength(2)
    expect(email.text.split("\n-- \n")[1]).toContain(postalAddress)
  })
})

it("a sign-in email speaks of its link, not of a button, which plain text does not have", () => {
  const texts = config.languages.map(
    (language) => signInEmail({ email: to.email, language }, "https://x.test/", config).text,
  )
  expect(texts.join("\n")).toContain("This link opens a page where you can sign in.")
  for (const text of texts) expect(text).not.toMatch(/button|bouton|الزر|кнопк/i)
})
