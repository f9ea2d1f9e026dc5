// Emails about the newsletter: confirm, already subscribed, welcome. They contain nothing that a stranger typed.
import { languagePrefix } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { type Email, type Reader, writeEmail } from "./email.ts"

type NewsList = "headlines" | "digest"

/** A list's name in the reader's language. */
export function nameList(list: NewsList, language: string, site: SiteConfig): string {
  return inLanguage(list === "headlines" ? site.newsletter.name : site.digest.name, language, site)
}

/** Asks whether the reader wants the headlines. @param token confirms it */
export function confirmationEmail(reader: Reader, token: string, site: SiteConfig): Email {
  const say = speak(reader.language, site)
  const content = {
    subject: say("letterConfirmSubject"),
    paragraphs: [say("letterConfirmText"), say("letterConfirmHow")],
    button: { label: say("confirm"), url: linkTo("/newsletter/confirm", { token }, reader.language, site) },
    closing: [say("letterConfirmNot")],
    footer: [say("letterFooterAsked")],
  }
  return writeEmail(reader, content, site)
}

/** There is nothing to confirm. @param token the subscriber's */
export function alreadySubscribedEmail(reader: Reader, token: string, site: SiteConfig): Email {
  const say = speak(reader.language, site)
  const texts = {
    subject: say("letterAlreadySubject"),
    paragraphs: [say("letterAlreadyText"), say("letterAlreadyHow")],
  }
  return subscriberEmail(reader, texts, token, site)
}

/** The first email after confirming. @param token the subscriber's */
export function newsletterWelcomeEmail(reader: Reader, token: string, site: SiteConfig): Email {
  const say = speak(reader.language, site)
  const texts = {
    subject: say("letterWelcomeSubject"),
    paragraphs: [say("letterWelcomeText"), say("letterWelcomeHow")],
  }
  return subscriberEmail(reader, texts, token, site)
}

/**
 * Every email to a list says in its footer why it came and how to unsubscribe, and has the headers with which a mail program
 * unsubscribes in one click (RFC 2369 §3.2, RFC 8058).
 */
function subscriberEmail(
  reader: Reader,
  texts: { readonly subject: string; readonly paragraphs: readonly string[] },
  token: string,
  site: SiteConfig,
): Email {
  const { language } = reader
  const url = linkTo("/newsletter/unsubscribe", { token, list: "headlines" }, language, site)
  const say = speak(language, site)
  const content = {
    ...texts,
    button: { label: say("letterManage"), url },
    footer: [say("letterFooterSubscribed"), message(language, "letterFooterStop", { url })],
    headers: { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
  }
  return writeEmail(reader, content, site)
}

function linkTo(path: string, query: Record<string, string>, language: string, site: SiteConfig): string {
  return `${site.origin}${languagePrefix(language, site)}${path}?${new URLSearchParams(query)}`
}

function speak(language: string, site: SiteConfig) {
  const name = nameList("headlines", language, site)
  return (key: Parameters<typeof message>[1]) => message(language, key, { list: name })
}
