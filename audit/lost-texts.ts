// An article whose text is missing from the store: what readers see while a store fails.
import { createHash } from "node:crypto"
import { readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { RunningSite } from "../tests/whole/running-site.ts"
import { addressesOf, lost } from "./pages.ts"

/** Publishes it in each language and deletes its texts from the site's store. Nobody has read them, so they are not in memory. */
export async function loseTexts(site: RunningSite): Promise<void> {
  const texts = join(site.state, "v3/kv/articles/blobs")
  const before = new Set(readdirSync(texts))
  const articles = addressesOf(lost).map((path) => {
    const source = `---\ntitle: Lost\nsummary: A text that the store has lost.\ndate: 2026-01-01\n---\n${path}\n`
    return { path, base: 0, source, digest: createHash("sha256").update(`${source}\n{}`).digest("hex") }
  })
  const response = await fetch(`${site.url}/desk/v1/publish`, {
    method: "POST",
    headers: { Authorization: `Bearer ${site.key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ articles }),
  })
  if (!response.ok) throw new Error(await response.text())
  for (const name of readdirSync(texts).filter((one) => !before.has(one))) rmSync(join(texts, name))
}
