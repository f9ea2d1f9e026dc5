// The frame of a page for one person: no canonical address, no index, a switch to the same page in other languages.
import { formatAddress } from "../site/format-address.ts"
import type { SiteConfig } from "../site/site.ts"
import type { Html } from "./html.ts"
import { renderLayout } from "./layout.ts"

export interface PersonalFrame {
  readonly language: string
  readonly title: string
  /** Without the language's prefix: `/account`. */
  readonly page: string
  /** The reader is signed in. */
  readonly signedIn: boolean
  readonly main: Html
}

export function renderPersonalPage({ language, title, page, signedIn, main }: PersonalFrame, site: SiteConfig): string {
  const alternates = site.languages.map((other) => ({ language: other, path: personalPath(page, other, site) }))
  return renderLayout({ language, title, description: "", path: null, main, alternates, member: signedIn }, site)
}

/** The path of a personal page in a language. */
export function personalPath(page: string, language: string, site: SiteConfig): string {
  return formatAddress({ kind: "personal", language, page }, site)
}
