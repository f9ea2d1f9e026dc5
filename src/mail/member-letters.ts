// The letters that a membership brings: welcome, a payment that failed.
import { accountMessage } from "../site/account-messages.ts"
import { languagePrefix } from "../site/format-address.ts"
import { formatDate } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import type { Draft } from "./letter.ts"
import type { Reader } from "./newsletter-letters.ts"

/** The first letter to a member. It leads to the page that sends the link to sign in: such a link itself would soon be too old. */
export function draftMemberWelcome({ email, language }: Reader, site: SiteConfig): Draft {
  const names = { name: site.name, digest: inLanguage(site.digest.name, language, site) }
  const url = `${site.origin}${languagePrefix(language, site)}/sign-in`
  return {
    to: email,
    language,
    subject: accountMessage(language, "memberWelcomeSubject", names),
    paragraphs: [
      accountMessage(language, "memberWelcomeText", names),
      accountMessage(language, "memberWelcomeDigest", names),
      accountMessage(language, "memberWelcomeHow", names),
    ],
    button: { label: accountMessage(language, "signInTitle"), url },
    footer: [accountMessage(language, "memberFooter", names)],
  }
}

/** Says that a renewal could not be paid. @param until the membership's end if nothing is done, milliseconds */
export function draftPaymentFailed({ email, language }: Reader, until: number, site: SiteConfig): Draft {
  const names = { name: site.name, date: formatDate(until, language, site) }
  return {
    to: email,
    language,
    subject: accountMessage(language, "paymentFailedSubject", names),
    paragraphs: [
      accountMessage(language, "paymentFailedText", names),
      accountMessage(language, "paymentFailedHow", names),
    ],
    button: {
      label: accountMessage(language, "paymentFailedButton"),
      url: `${site.origin}${languagePrefix(language, site)}/account`,
    },
    footer: [accountMessage(language, "memberFooter", names)],
  }
}
