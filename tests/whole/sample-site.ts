// One site over the sample content, for all test files that only read it. Each test file that changes a site starts its own.
import type { TestProject } from "vitest/node"
import { startSite } from "./running-site.ts"

declare module "vitest" {
  export interface ProvidedContext {
    sampleSite: string
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { url, stop } = await startSite({ copy: true, watch: false })
  project.provide("sampleSite", url)
  return stop
}
