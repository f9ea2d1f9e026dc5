// Servers on loopback for the tests in workerd, which get their addresses by `inject("stripe")`.
import type { TestProject } from "vitest/node"
import { startSes } from "./ses.ts"
import { startStripe } from "./stripe.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** Address of the stand-in for Stripe's API. */
    stripe: string
    /** Address of the stand-in for Amazon SES and SNS. */
    ses: string
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const [stripe, ses] = await Promise.all([startStripe(), startSes()])
  project.provide("stripe", stripe.url)
  project.provide("ses", ses.url)
  return async () => void (await Promise.all([stripe.stop(), ses.stop()]))
}
