// A publication with mistakes in its config is neither checked nor started.
import { readFileSync } from "node:fs"
import { checkConfig } from "../site/config-schema.ts"
import { formatProblem } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import { CLIError } from "./failure.ts"

const source = new URL("../../dateline.config.ts", import.meta.url)

/** @throws CLIError that names every mistake in the config */
export function requireValidConfig(site: SiteConfig): void {
  const problems = checkConfig(site, readFileSync(source, "utf8"))
  if (problems.length > 0) throw new CLIError(problems.map(formatProblem).join("\n"), 1)
}
