// The public ledger of corrections.
import { formatAddress } from "../site/format-address.ts"
import { formatDay, message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { letterTo } from "./boxes.ts"
import { pageAddress, renderPageLinks } from "./entries.ts"
import { html } from "./html.ts"
import { renderLayout } from "./layout.ts"

export interface CorrectionsView {
  readonly language: string
  readonly entries: readonly {
    readonly path: string
    readonly title: string
    readonly date: string
    readonly text: string
  }[]
  readonly page: number
  readonly more: boolean
}

export function renderCorrectionsPage({ language, entries, page, more }: CorrectionsView, site: SiteConfig): string {
  const path = formatAddress({ kind: "corrections", language }, site)
  const title = message(language, "corrections")
  const main = html`<div class="intro prose"><h1>${title}</h1>
<p class="standfirst">${message(language, "correctionsIntro")}</p>
<p class="ui"><a href="${letterTo(title, site)}">${message(language, "contactUs")}</a></p></div>
<ul class="rows ledger">${entries.map(
    (entry) =>
      html`<li class="entry"><time class="kick" datetime="${entry.date}">${formatDay(entry.date, language)}</time>
<h2><a href="${entry.path}">${entry.title}</a></h2>
<p>${entry.text}</p></li>
`,
  )}</ul>
${entries.length === 0 && html`<p>${message(language, "noCorrections")}</p>`}
${renderPageLinks(path, page, more, language)}`
  return renderLayout(
    {
      language,
      title,
      description: message(language, "correctionsIntro"),
      path: pageAddress(path, page),
      main,
      alternates:
        page === 1
          ? site.languages.map((other) => ({
              language: other,
              path: formatAddress({ kind: "corrections", language: other }, site),
            }))
          : [],
    },
    site,
  )
}
