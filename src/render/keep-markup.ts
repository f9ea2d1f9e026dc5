// Markup that the config, the language and the place alone decide: made once for each, not for each page.
import type { SiteConfig } from "../site/site.ts"
import type { Html } from "./html.ts"

/**
 * The function, with its results kept by its words: a site's config never changes while it runs. The words must be few, as
 * languages and countries are; nothing is forgotten.
 */
export function keepMarkup<Words extends string[]>(
  render: (site: SiteConfig, ...words: Words) => Html,
): (site: SiteConfig, ...words: Words) => Html {
  const known = new WeakMap<SiteConfig, Map<string, Html>>()
  return (site, ...words) => {
    let markups = known.get(site)
    if (markups === undefined) {
      markups = new Map()
      known.set(site, markups)
    }
    const key = words.join(" ")
    let markup = markups.get(key)
    if (markup === undefined) {
      markup = render(site, ...words)
      markups.set(key, markup)
    }
    return markup
  }
}
