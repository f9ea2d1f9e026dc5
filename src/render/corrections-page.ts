// The public list of corrections.
import { formatAddress } from "../site/format-address.ts"
import { formatDay, message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { pageAddress, renderPageLinks } from "./components.ts"
import { html } from "./html.ts"
import { alternatesOf, contactLink, renderLayout } from "./layout.ts"

export interface CorrectionsView {
  readonly language: string
  readonly entries: readonly Readonly<Record<"path" | "title" | "date" | "text", string>>[]
  readonly page: number
  readonly more: boolean
}

export function renderCorrectionsPage({ language, entries, page, more }: CorrectionsView, site: SiteConfig): string {
  const address = { kind: "corrections", language } as const
  const path = formatAddress(address, site)
  const title = message(language, "corrections")
  const description = message(language, "correctionsIntro")
  const main = html`<div class="intro prose"><h1>${title}</h1>
<p class="standfirst">${description}</p>
<p class="ui"><a href="${contactLink(title, site)}">${message(language, "contactUs")}</a></p></div>
<ul class="rows ledger">${entries.map(
    (entry) =>
      html`<li class="entry"><time class="kick" datetime="${entry.date}">${formatDay(entry.date, language)}</time>
<h2><a href="${entry.path}">${entry.title}</a></h2>
<p>${entry.text}</p></li>
`,
  )}</ul>
${entries.length === 0 && html`<p>${message(language, "noCorrections")}</p>`}
${renderPageLinks(path, page, more, language)}`
  const alternates = page === 1 ? alternatesOf(address, site) : []
  return renderLayout({ language, title, description, path: pageAddress(path, page), main, alternates }, site)
}
