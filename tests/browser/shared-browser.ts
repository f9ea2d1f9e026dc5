// One browser for all test files, each of which opens contexts of its own in it: to launch one takes seconds.
import type { TestProject } from "vitest/node"
import { launchBrowserServer } from "./open-browser.ts"

declare module "vitest" {
  export interface ProvidedContext {
    browser: string
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await launchBrowserServer()
  project.provide("browser", server.wsEndpoint())
  return () => server.close()
}
