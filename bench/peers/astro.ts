// Astro with its Cloudflare adapter: our article page as a site in Astro's own file layout, from the folder
// astro/, rendered on each request with marked.
import { cpSync, rmSync } from "node:fs"
import { join } from "node:path"
import { compatibility, startBuilt } from "./built.ts"
import { install, type Peer, type Shared, writeFiles } from "./peer.ts"

const packages = {
  astro: "7.3.5",
  "@astrojs/cloudflare": "14.3.3",
  wrangler: "4.155.0",
  marked: "18.2.1",
  "marked-gfm-heading-id": "4.1.4",
}

export async function startAstro(shared: Shared): Promise<Peer> {
  // The site's bundle contains what the page shows, with the text as Markdown.
  const { site, style, html, menu, ...article } = shared
  const folder = install("astro", packages)
  rmSync(join(folder, "src"), { recursive: true, force: true })
  cpSync(join(import.meta.dirname, "astro"), folder, { recursive: true })
  writeFiles(folder, {
    "wrangler.json": { name: "peer-astro", main: "@astrojs/cloudflare/entrypoints/server", ...compatibility },
    "src/data/site.json": site,
    "src/data/article.json": article,
    "src/styles/site.css": style,
  })
  return startBuilt(folder, article.path)
}
