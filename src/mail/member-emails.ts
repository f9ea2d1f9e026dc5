// Emails about an account and a membership: signing in, claiming a purchase, welcome, a failed payment.
import { languagePrefix } from "../site/format-address.ts"
import { formatDate, formatPrice, message, type Price } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import { type Email, type Reader, writeEmail } from "./email.ts"

/** @param url the link to sign in */
export function signInEmail(reader: Reader, url: string, site: SiteConfig): Email {
  const { language } = reader
  const content = {
    subject: message(language, "signInSubject", { name: site.name }),
    paragraphs: [message(language, "signInLetter", { name: site.name })],
    button: { label: message(language, "signInTitle"), url },
    footer: [message(language, "signInLetterWhy")],
  }
  return writeEmail(reader, content, site)
}

/** Asks whoever reads the mail of the address typed at Stripe to claim the purchase. @param url the claim's page */
export function claimEmail(reader: Reader, url: string, price: Price | null, site: SiteConfig): Email {
  const { language } = reader
  const names = { name: site.name }
  const content = {
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
  return writeEmail(reader, content, site)
}

function sayPrice(language: string, price: Price | null): string[] {
  return price === null ? [] : [message(language, "chargedPrice", { price: formatPrice(price, language) })]
}

/**
 * The first email to a member. It links to the page that sends a sign-in link: such a link itself would soon expire.
 * @param price what the subscription charges, if known
 */
export function memberWelcomeEmail(reader: Reader, price: Price | null, site: SiteConfig): Email {
  const { language } = reader
  const names = { name: site.name, digest: inLanguage(site.digest.name, language, site) }
  const content = {
    subject: message(language, "memberWelcomeSubject", names),
    paragraphs: [
      message(language, "memberWelcomeText", names),
      ...sayPrice(language, price),
      message(language, "memberWelcomeDigest", names),
      message(language, "memberWelcomeHow", names),
    ],
    button: {
      label: message(language, "signInTitle"),
      url: `${site.origin}${languagePrefix(language, site)}/sign-in`,
    },
    footer: [message(language, "memberFooter", names)],
  }
  return writeEmail(reader, content, site)
}

/** A renewal could not be paid. @param until when the membership ends if nothing is done, milliseconds */
export function paymentFailedEmail(reader: Reader, until: number, site: SiteConfig): Email {
  const { language } = reader
  const names = { name: site.name, date: formatDate(until, language, site) }
  const content = {
    subject: message(language, "paymentFailedSubject", names),
    paragraphs: [message(language, "paymentFailedText", names), message(language, "paymentFailedHow", names)],
    button: {
      label: message(language, "paymentFailedButton"),
      url: `${site.origin}${languagePrefix(language, site)}/account`,
    },
    footer: [message(language, "memberFooter", names)],
  }
  return writeEmail(reader, content, site)
}
