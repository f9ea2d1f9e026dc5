// A page that says why there is none, and where to go from here.
import { message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { renderSearchForm } from "./boxes.ts"
import { html } from "./html.ts"
import { renderLayout } from "./layout.ts"

export interface MessageView {
  readonly status: number
  readonly language: string
  readonly title: string
  readonly text: string
  /** Offer a search. */
  readonly search: boolean
}

export function renderMessagePage({ status, language, title, text, search }: MessageView, site: SiteConfig): string {
  const main = html`<div class="intro prose"><p class="kick">${status}</p><h1>${title}</h1>
<p class="standfirst">${text}</p>
${search && renderSearchForm(language, "", null, site)}
<p class="ui"><a href="mailto:${site.contact}">${message(language, "contactUs")}</a></p></div>`
  return renderLayout({ language, title, description: "", path: null, main }, site)
}
