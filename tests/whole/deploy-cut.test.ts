// `npm run deploy` killed after each kind of change and run again: in the end, everything has been made once.
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type CloudflareStandIn, startCloudflare } from "../stand-ins/cloudflare.ts"
import { clone, deploy, environment, expectDeployed, kill, minutes, origin } from "./deploying.ts"

describe("a deployment that is cut", () => {
  /** Changes after each of which a run is killed, in the order in which they happen. */
  const cuts: readonly (readonly [what: string, request: RegExp, count: number])[] = [
    ["the first namespace", /^POST \/storage/, 1],
    ["the last namespace", /^POST \/storage/, 2],
    ["the first database", /^POST \/d1\/database$/, 1],
    ["the last queue", /^POST \/queues$/, 3],
    ["the first migration", /query$/, 3],
    ["half of the migrations", /query$/, 20],
    ["the list of assets", /assets-upload-session$/, 1],
    ["the assets", /assets\/upload$/, 1],
    ["the first version", /^PUT \/workers\/scripts\/dateline$/, 1],
    ["the address", /subdomain$/, 1],
    ["the schedule", /schedules$/, 1],
    ["the first consumer", /consumers$/, 1],
  ]
  let cloudflare: CloudflareStandIn
  let copy: string

  beforeAll(async () => {
    cloudflare = await startCloudflare()
    copy = clone("cut")
  })
  afterAll(() => cloudflare?.stop())

  it.each(cuts)("goes on after %s", { timeout: 2 * minutes }, async (_, request, count) => {
    let left = count
    cloudflare.state.cut = (asked) => {
      if (!request.test(asked) || --left > 0) return false
      kill()
      return true
    }
    const { code, out } = await deploy(copy, environment(cloudflare))
    expect([code, left, out]).toEqual([null, 0, out])
    cloudflare.state.cut = () => false
  })

  it("goes on after a lost connection, and says so", { timeout: 2 * minutes }, async () => {
    cloudflare.state.cut = (asked) => asked.endsWith("/query")
    const { code, out } = await deploy(copy, environment(cloudflare))
    expect([code, out]).toEqual([1, expect.stringContaining("run the command again")])
    cloudflare.state.cut = () => false
  })

  it("goes on after the deployment, before or while it publishes", { timeout: 2 * minutes }, async () => {
    expect((await deploy(copy, environment(cloudflare), [], "6. Publish")).code).toBe(null)
  })

  it("has made everything once in the end", { timeout: 5 * minutes }, async () => {
    const { code, out } = await deploy(copy, environment(cloudflare))
    expect([code, out]).toEqual([0, expect.stringContaining(`Deployed ${origin}`)])
    await expectDeployed(cloudflare, copy)
  })
})
