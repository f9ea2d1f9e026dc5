// The emails about accounts and newsletter sign-ups: sign-in, claim, welcome, failed payment, confirmation. None
// contains text that a visitor typed.
import { nameList } from "../article/edition.ts"
import { formatAddress } from "../site/format-address.ts"
import { formatDate, formatPrice, type MessageKey, message, type Price } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Content, type Email, type Reader, unsubscribeHeaders, writeEmail } from "./email-layout.ts"

type Say = (key: MessageKey, words?: Record<string, string>) => string

/** Writes an email with messages in the reader's language, which may name the site and its newsletters. */
function write({ email, language }: Reader, site: SiteConfig, compose: (say: Say) => Content): Email {
  const names = {
    name: site.name,
    digest: nameList("digest", language, site),
    list: nameList("headlines", language, site),
  }
  const content = compose((key, words) => message(language, key, { ...names, ...words }))
  return writeEmail({ email, language }, content, site)
}

function linkTo(page: string, { language }: Reader, site: SiteConfig): string {
  return site.origin + formatAddress({ kind: "personal", language, page }, site)
}

/** @param url the sign-in link */
export function signInEmail(reader: Reader, url: string, site: SiteConfig): Email {
  return write(reader, site, (say) => ({
    subject: say("signInSubject"),
    paragraphs: [say("signInLetter")],
    button: { label: say("signInTitle"), url },
    footer: [say("signInLetterWhy")],
  }))
}

/** Asks the owner of the address typed at Stripe to claim the purchase. @param url the claim page */
export function claimEmail(reader: Reader, url: string, price: Price | null, site: SiteConfig): Email {
  return write(reader, site, (say) => ({
    subject: say("claimSubject"),
    paragraphs: [say("claimLetterText"), ...sayPrice(reader, price), say("claimLetterHow")],
    button: { label: say("claimTitle"), url },
    closing: [say("claimLetterNot")],
    footer: [say("claimFooter")],
  }))
}

function sayPrice({ language }: Reader, price: Price | null): string[] {
  return price === null ? [] : [message(language, "chargedPrice", { price: formatPrice(price, language) })]
}

/**
 * The first email to a member. It links to the sign-in page, since a sign-in link itself would soon expire.
 * @param price what the subscription charges, if known
 */
export function memberWelcomeEmail(reader: Reader, price: Price | null, site: SiteConfig): Email {
  return write(reader, site, (say) => ({
    subject: say("memberWelcomeSubject"),
    paragraphs: [
      say("memberWelcomeText"),
      ...sayPrice(reader, price),
      say("memberWelcomeDigest"),
      say("memberWelcomeHow"),
    ],
    button: { label: say("signInTitle"), url: linkTo("/sign-in", reader, site) },
    footer: [say("memberFooter")],
  }))
}

/** Says that a renewal payment failed. @param until when the membership ends if nothing is done, in milliseconds */
export function paymentFailedEmail(reader: Reader, until: number, site: SiteConfig): Email {
  const date = formatDate(until, reader.language, site)
  return write(reader, site, (say) => ({
    subject: say("paymentFailedSubject"),
    paragraphs: [say("paymentFailedText"), say("paymentFailedHow", { date })],
    button: { label: say("paymentFailedButton"), url: linkTo("/account", reader, site) },
    footer: [say("memberFooter")],
  }))
}

/** Asks the reader to confirm a subscription to the headlines. @param token the confirmation token */
export function confirmationEmail(reader: Reader, token: string, site: SiteConfig): Email {
  return write(reader, site, (say) => ({
    subject: say("letterConfirmSubject"),
    paragraphs: [say("letterConfirmText"), say("letterConfirmHow")],
    button: { label: say("confirm"), url: linkTo(`/newsletter/confirm?token=${token}`, reader, site) },
    closing: [say("letterConfirmNot")],
    footer: [say("letterFooterAsked")],
  }))
}

/**
 * Welcomes a new subscriber to the headlines, or says that the reader is already subscribed. The footer says why the
 * email was sent and how to unsubscribe; the headers allow one-click unsubscribing.
 * @param token the subscriber's token
 */
export function subscriberEmail(what: "Welcome" | "Already", reader: Reader, token: string, site: SiteConfig): Email {
  const url = linkTo(`/newsletter/unsubscribe?token=${token}&list=headlines`, reader, site)
  return write(reader, site, (say) => ({
    subject: say(`letter${what}Subject`),
    paragraphs: [say(`letter${what}Text`), say(`letter${what}How`)],
    button: { label: say("letterManage"), url },
    footer: [say("letterFooterSubscribed"), { label: say("newsletterUnsubscribe"), url }],
    headers: unsubscribeHeaders(url),
  }))
}
