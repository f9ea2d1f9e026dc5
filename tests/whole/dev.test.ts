// `npm run dev` on a fresh clone: wrangler dev with its tables created and the content published.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { findPort, root, waitFor } from "./running-site.ts"

const state = mkdtempSync(join(tmpdir(), "dateline-dev-"))
let child: ChildProcess

afterAll(async () => {
  if (child.exitCode === null) {
    child.kill("SIGTERM")
    await once(child, "exit")
  }
  rmSync(state, { recursive: true, force: true })
})

it("`npm run dev` creates the tables and publishes the content", { timeout: 120_000 }, async () => {
  const port = await findPort()
  const args = [join(root, "src/cli/local/dev.ts"), "--port", String(port), "--persist-to", state]
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" }
  child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env })
  let text = ""
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += chunk))
  await waitFor(() => text.includes("Ready on") || child.exitCode !== null, "wrangler dev")
  expect([child.exitCode, text]).toEqual([null, expect.stringContaining("desk.key")])
  const article = await fetch(`http://localhost:${port}/asia/tajikistan/security-summit-dushanbe`)
  expect([article.status, await article.text()]).toEqual([200, expect.stringContaining("Security")])
  const subscribed = await fetch(`http://localhost:${port}/newsletter`)
  expect([subscribed.status, await subscribed.text()]).toEqual([200, expect.stringContaining("<form")])
})
