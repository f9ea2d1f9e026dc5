// Checks dateline.config.ts before anything relies on it.
import { readFileSync } from "node:fs"
import config from "../../dateline.config.ts"
import { checkConfig } from "../site/config-schema.ts"
import { formatProblem, type Problem } from "../site/problem.ts"
import type { SiteConfig } from "../site/site.ts"
import { CLIError } from "./output.ts"

/** The mistakes in dateline.config.ts. */
export function findConfigProblems(site: SiteConfig = config): Problem[] {
  return checkConfig(site, readFileSync(new URL("../../dateline.config.ts", import.meta.url), "utf8"))
}

/** @throws CLIError that lists the config's mistakes */
export function requireValidConfig(site: SiteConfig = config): void {
  const problems = findConfigProblems(site)
  if (problems.length > 0) throw new CLIError(problems.map(formatProblem).join("\n"), 1)
}
