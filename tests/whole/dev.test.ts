// `npm run dev` on a fresh clone: wrangler dev with its tables created and the content published.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { copyProject, findPort, waitFor } from "./running-site.ts"

// A copy, whose content the test may change.
const copy = mkdtempSync(join(tmpdir(), "dateline-dev-"))
const state = join(copy, "state")
let child: ChildProcess

afterAll(async () => {
  if (child.exitCode === null) {
    child.kill("SIGTERM")
    await once(child, "exit")
  }
  rmSync(copy, { recursive: true, force: true })
})

it("`npm run dev` creates the tables, publishes the content and what is saved, from its start", {
  timeout: 120_000,
}, async () => {
  copyProject(copy, "content")
  const port = await findPort()
  const args = [join(copy, "src/cli/local/dev.ts"), "--port", String(port), "--persist-to", state]
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" }
  child = spawn(process.execPath, args, { cwd: copy, stdio: ["ignore", "pipe", "pipe"], env })
  let text = ""
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += chunk))
  const save = (slug: string) =>
    writeFileSync(
      join(copy, `content/asia/nepal/${slug}.md`),
      `---\ntitle: Saved ${slug}\nsummary: While it runs.\ndate: 2020-01-02\n---\n\nWords.\n`,
    )
  const publishes = (slug: string) =>
    waitFor(() => text.includes(`Published http://localhost:${port}/asia/nepal/${slug}`), `the article saved ${slug}`)
  await waitFor(() => text.includes("Published ") || child.exitCode !== null, "the first publish")
  save("early")
  await waitFor(() => text.includes("Ready on") || child.exitCode !== null, "wrangler dev")
  expect([child.exitCode, text]).toEqual([null, expect.stringContaining("desk.key")])
  const article = await fetch(`http://localhost:${port}/asia/tajikistan/security-summit-dushanbe`)
  expect([article.status, await article.text()]).toEqual([200, expect.stringContaining("Security")])
  // Cloudflare's own router decides what reaches the Worker.
  const map = await fetch(`http://localhost:${port}/maps/tjk.svg`)
  expect([map.status, map.headers.get("Cache-Status"), map.headers.get("Cache-Control")]).toEqual([
    200,
    null,
    "public, max-age=86400, stale-if-error=86400",
  ])
  const missing = await fetch(`http://localhost:${port}/maps/zzz.svg`)
  expect([missing.status, missing.headers.get("Cache-Control")]).toEqual([404, "public, max-age=30"])
  await publishes("early")
  save("later")
  await publishes("later")
  expect((await fetch(`http://localhost:${port}/asia/nepal/later`)).status).toBe(200)
  const subscribed = await fetch(`http://localhost:${port}/newsletter`)
  expect([subscribed.status, await subscribed.text()]).toEqual([200, expect.stringContaining("<form")])
})
