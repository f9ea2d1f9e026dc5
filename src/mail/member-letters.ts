// The e-mails that a membership brings: a purchase to claim, welcome, a payment that failed.
import { languagePrefix } from "../site/format-address.ts"
import { formatDate, formatPrice, message, type Price } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import type { Draft } from "./letter.ts"
import type { Reader } from "./newsletter-letters.ts"

/** Asks whoever reads the mail of the address typed at Stripe to claim the purchase. @param url the claim's page */
export function draftClaim({ email, language }: Reader, url: string, price: Price | null, site: SiteConfig): Draft {
  const names = { name: site.name }
  return {
    to: email,
    language,
    subject: message(language, "claimSubject", names),
    paragraphs: [
      message(language, "claimLetterText", names),
      ...sayPrice(language, price),
      message(language, "claimLetterHow"),
    ],
    button: { label: message(language, "claimTitle"), url },
    closing: [message(language, "claimLetterNot")],
    footer: [message(language, "claimFooter", names)],
  }
}

function sayPrice(language: string, price: Price | null): string[] {
  return price === null ? [] : [message(language, "chargedPrice", { price: formatPrice(price, language) })]
}

/**
 * The first e-mail to a member. It leads to the page that sends the link to sign in: such a link itself would soon be too old.
 * @param price what the subscription charges, if known
 */
export function draftMemberWelcome({ email, language }: Reader, price: Price | null, site: SiteConfig): Draft {
  const names = { name: site.name, digest: inLanguage(site.digest.name, language, site) }
  const url = `${site.origin}${languagePrefix(language, site)}/sign-in`
  return {
    to: email,
    language,
    subject: message(language, "memberWelcomeSubject", names),
    paragraphs: [
      message(language, "memberWelcomeText", names),
      ...sayPrice(language, price),
      message(language, "memberWelcomeDigest", names),
      message(language, "memberWelcomeHow", names),
    ],
    button: { label: message(language, "signInTitle"), url },
    footer: [message(language, "memberFooter", names)],
  }
}

/** Says that a renewal could not be paid. @param until the membership's end if nothing is done, milliseconds */
export function draftPaymentFailed({ email, language }: Reader, until: number, site: SiteConfig): Draft {
  const names = { name: site.name, date: formatDate(until, language, site) }
  return {
    to: email,
    language,
    subject: message(language, "paymentFailedSubject", names),
    paragraphs: [message(language, "paymentFailedText", names), message(language, "paymentFailedHow", names)],
    button: {
      label: message(language, "paymentFailedButton"),
      url: `${site.origin}${languagePrefix(language, site)}/account`,
    },
    footer: [message(language, "memberFooter", names)],
  }
}
