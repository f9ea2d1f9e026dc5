// The publisher's own mistakes, before an editor's: a site with a wrong config is neither checked against nor started.
import { checkSite } from "../site/check-site.ts"
import type { SiteConfig } from "../site/site.ts"
import { CLIError } from "./failure.ts"

/** @throws CLIError that names every mistake in the config */
export function expectRightConfig(site: SiteConfig): void {
  const mistakes = checkSite(site)
  if (mistakes.length > 0) throw new CLIError(mistakes.map((one) => `src/site/config.ts ${one}`).join("\n"), 1)
}
