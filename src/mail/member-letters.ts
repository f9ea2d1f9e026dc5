// The letters that a membership brings: welcome, a payment that failed.

import { languagePrefix } from "../site/format-address.ts"
import { formatDate, message } from "../site/messages.ts"
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
    subject: message(language, "memberWelcomeSubject", names),
    paragraphs: [
      message(language, "memberWelcomeText", names),
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
