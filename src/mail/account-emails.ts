// Every email that the account sends: sign-in, claim, welcome, failed payment, newsletter. None quotes strangers'
// input.
import { nameList } from "../article/edition.ts"
import { languagePrefix } from "../site/format-address.ts"
import { formatDate, formatPrice, message, type Price } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Content, type Email, type Reader, writeEmail } from "./email.ts"

type Key = Parameters<typeof message>[1]

function linkTo(path: string, language: string, site: SiteConfig, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(query)
  return `${site.origin}${languagePrefix(language, site)}${path}${search.size > 0 ? `?${search}` : ""}`
}

/** Messages in the reader's language, with the names of the site and its newsletters. */
function speak({ language }: Reader, site: SiteConfig) {
  const names = {
    name: site.name,
    digest: nameList("digest", language, site),
    list: nameList("headlines", language, site),
  }
  return (key: Key, words: Record<string, string> = {}) => message(language, key, { ...names, ...words })
}

/** @param url the sign-in link */
export function signInEmail(reader: Reader, url: string, site: SiteConfig): Email {
  const say = speak(reader, site)
  const content = {
    subject: say("signInSubject"),
    paragraphs: [say("signInLetter")],
    button: { label: say("signInTitle"), url },
    footer: [say("signInLetterWhy")],
  }
  return writeEmail(reader, content, site)
}

/** Asks the owner of the address typed at Stripe to claim the purchase. @param url the claim page */
export function claimEmail(reader: Reader, url: string, price: Price | null, site: SiteConfig): Email {
  const say = speak(reader, site)
  const content = {
    subject: say("claimSubject"),
    paragraphs: [say("claimLetterText"), ...sayPrice(reader.language, price), say("claimLetterHow")],
    button: { label: say("claimTitle"), url },
    closing: [say("claimLetterNot")],
    footer: [say("claimFooter")],
  }
  return writeEmail(reader, content, site)
}

function sayPrice(language: string, price: Price | null): string[] {
  return price === null ? [] : [message(language, "chargedPrice", { price: formatPrice(price, language) })]
}

/**
 * The first email to a member. It links to the sign-in page, since a sign-in link itself would soon expire.
 * @param price what the subscription charges, if known
 */
export function memberWelcomeEmail(reader: Reader, price: Price | null, site: SiteConfig): Email {
  const say = speak(reader, site)
  const how = [say("memberWelcomeDigest"), say("memberWelcomeHow")]
  const content = {
    subject: say("memberWelcomeSubject"),
    paragraphs: [say("memberWelcomeText"), ...sayPrice(reader.language, price), ...how],
    button: { label: say("signInTitle"), url: linkTo("/sign-in", reader.language, site) },
    footer: [say("memberFooter")],
  }
  return writeEmail(reader, content, site)
}

/** Says that a renewal could not be paid. @param until when the membership ends if nothing is done, in milliseconds */
export function paymentFailedEmail(reader: Reader, until: number, site: SiteConfig): Email {
  const say = speak(reader, site)
  const content = {
    subject: say("paymentFailedSubject"),
    paragraphs: [say("paymentFailedText", { date: formatDate(until, reader.language, site) }), say("paymentFailedHow")],
    button: { label: say("paymentFailedButton"), url: linkTo("/account", reader.language, site) },
    footer: [say("memberFooter")],
  }
  return writeEmail(reader, content, site)
}

/** Asks the reader to confirm a subscription to the headlines. @param token the confirmation's */
export function confirmationEmail(reader: Reader, token: string, site: SiteConfig): Email {
  const say = speak(reader, site)
  const content = {
    subject: say("letterConfirmSubject"),
    paragraphs: [say("letterConfirmText"), say("letterConfirmHow")],
    button: { label: say("confirm"), url: linkTo("/newsletter/confirm", reader.language, site, { token }) },
    closing: [say("letterConfirmNot")],
    footer: [say("letterFooterAsked")],
  }
  return writeEmail(reader, content, site)
}

/**
 * Welcomes a new subscriber to the headlines, or says that the reader is already subscribed. The footer says why it was
 * sent and how to unsubscribe; the headers allow one-click unsubscribing (RFC 2369 §3.2, RFC 8058).
 * @param token the subscriber's
 */
export function subscriberEmail(what: "Welcome" | "Already", reader: Reader, token: string, site: SiteConfig): Email {
  const say = speak(reader, site)
  const url = linkTo("/newsletter/unsubscribe", reader.language, site, { token, list: "headlines" })
  const content: Content = {
    subject: say(`letter${what}Subject`),
    paragraphs: [say(`letter${what}Text`), say(`letter${what}How`)],
    button: { label: say("letterManage"), url },
    footer: [say("letterFooterSubscribed"), { label: say("newsletterUnsubscribe"), url }],
    headers: { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
  }
  return writeEmail(reader, content, site)
}
