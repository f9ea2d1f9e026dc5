// `npm run deploy` killed after each kind of change and run again: in the end, everything has been made once.
import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type CloudflareStandIn, startCloudflare } from "../stand-ins/cloudflare.ts"
import { clone, deploy, environment, expectDeployed, isRunning, kill, minutes, origin, terminate } from "./deploying.ts"

describe("an interrupted deployment", () => {
  let cloudflare: CloudflareStandIn
  let copy: string

  beforeAll(async () => {
    cloudflare = await startCloudflare()
    copy = clone("cut")
  })
  afterAll(() => cloudflare?.stop())

  type Cut = readonly [what: string, request: RegExp, count: number]

  /** Kills a run when the change has been made and before it is answered. */
  async function cutAfter(_what: string, request: RegExp, count: number): Promise<void> {
    let left = count
    cloudflare.state.cut = (asked) => {
      // wrangler may have sent another request before it was killed: that one is cut too.
      if (left > 0 && request.test(asked)) left--
      if (left > 0) return false
      kill()
      return true
    }
    const { code, out } = await deploy(copy, environment(cloudflare))
    cloudflare.state.cut = () => false
    expect([code, left, out]).toEqual([null, 0, out])
  }

  it.each<Cut>([
    ["the first namespace", /^POST \/storage/, 1],
    ["the first database", /^POST \/d1\/database$/, 1],
    ["the last queue", /^POST \/queues$/, 3],
  ])("continues after %s", { timeout: 5 * minutes }, cutAfter)

  it("continues after a lost connection, and says so", { timeout: 5 * minutes }, async () => {
    cloudflare.state.cut = (asked) => asked.endsWith("/query")
    const { code, out } = await deploy(copy, environment(cloudflare))
    cloudflare.state.cut = () => false
    expect([code, out]).toEqual([1, expect.stringContaining("run the command again")])
  })

  it("stops wrangler if only the deployment itself gets a signal", { timeout: 5 * minutes }, async () => {
    let left = 10
    cloudflare.state.cut = (asked) => {
      if (asked.endsWith("/query") && --left === 0) terminate()
      return false
    }
    const { code, out } = await deploy(copy, environment(cloudflare))
    cloudflare.state.cut = () => false
    expect([code, out]).toEqual([1, expect.stringContaining("To continue it, run the command again\n")])
    expect(isRunning()).toBe(false)
  })

  it.each<Cut>([
    ["half of the migrations", /query$/, 20],
    ["the static files", /assets\/upload$/, 1],
    ["the first version", /^PUT \/workers\/scripts\/dateline$/, 1],
    ["the first consumer of a queue", /consumers$/, 1],
  ])("continues after %s", { timeout: 5 * minutes }, cutAfter)

  it("continues if it is interrupted while publishing", { timeout: 5 * minutes }, async () => {
    const env = environment(cloudflare)
    expect((await deploy(copy, env, [], "6. Publish")).code).toBe(null)
    // What an interrupted publish leaves: a part of the articles, and the mark of its start.
    const args = ["src/cli/main.ts", "publish", "asia/nepal/one.md", "--url", origin, "--no-cards"]
    expect(spawnSync(process.execPath, args, { cwd: copy, env }).status).toBe(0)
    writeFileSync(join(copy, ".wrangler/deploy/dateline.publishing"), "")
  })

  it("has created everything exactly once in the end", { timeout: 5 * minutes }, async () => {
    const { code, out } = await deploy(copy, environment(cloudflare))
    expect([code, out]).toEqual([0, expect.stringContaining(`Deployed ${origin}`)])
    await expectDeployed(cloudflare, copy)
  })
})
