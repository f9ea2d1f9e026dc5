// What the tests in workerd need on this machine's loopback; they learn its address by `inject("stripe")`.
import type { TestProject } from "vitest/node"
import { startStripe } from "./stripe.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** Address of the stand-in for Stripe's API. */
    stripe: string
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const stripe = await startStripe()
  project.provide("stripe", stripe.url)
  return () => stripe.stop()
}
