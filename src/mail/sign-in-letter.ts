// The letter with the link to sign in.
import { message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { type Letter, writeLetter } from "./letter.ts"

/** The letter for a member who asked to sign in. */
export function writeSignInLetter(
  { to, language, url }: { readonly to: string; readonly language: string; readonly url: string },
  site: SiteConfig,
): Letter {
  return writeLetter(
    {
      to,
      language,
      subject: message(language, "signInSubject", { name: site.name }),
      paragraphs: [message(language, "signInLetter", { name: site.name })],
      button: { label: message(language, "signInTitle"), url },
      footer: [message(language, "signInLetterWhy")],
    },
    site,
  )
}
