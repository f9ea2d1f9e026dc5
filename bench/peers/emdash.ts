// EmDash on Astro, D1 and workerd, set up as in its documentation: from a seed file, with a page of its own components.
import { compatibility, startBuilt } from "./built.ts"
import { install, type Peer, type Shared, writeFiles } from "./peer.ts"
import { composeBlocks } from "./portable-text.ts"

const packages = {
  emdash: "0.32.0",
  "@emdash-cms/cloudflare": "0.32.0",
  astro: "7.3.5",
  "@astrojs/cloudflare": "14.3.3",
  "@astrojs/react": "6.0.1",
  react: "19.2.4",
  "react-dom": "19.2.4",
  wrangler: "4.155.0",
}
const title = "A newspaper"

/** Builds and starts EmDash, and sets it up through its own API, which migrates D1 and applies the seed. */
export async function startEmDash(article: Shared): Promise<Peer> {
  const folder = install("emdash", packages, { emdash: { seed: "seed.json" } })
  writeFiles(folder, {
    "astro.config.mjs": config,
    "wrangler.json": {
      ...{ name: "peer-emdash", main: "./src/worker.ts", ...compatibility },
      d1_databases: [{ binding: "DB", database_name: "peer-emdash", database_id: "peer-emdash" }],
      r2_buckets: [{ binding: "MEDIA", bucket_name: "peer-emdash" }],
    },
    "seed.json": composeSeed(article),
    "src/worker.ts": `export { default, PluginBridge } from "@emdash-cms/cloudflare/worker"\n`,
    "src/live.config.ts": collections,
    "src/pages/posts/[slug].astro": page,
  })
  const bindings = { d1Databases: { DB: "peer-emdash" }, r2Buckets: { MEDIA: "peer-emdash" } }
  const peer = await startBuilt(folder, "/posts/article", bindings)
  const origin = `http://localhost:${peer.port}`
  const response = await fetch(`${origin}/_emdash/api/setup`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-EmDash-Request": "1", Origin: origin },
    body: JSON.stringify({ title, includeContent: true }),
    signal: AbortSignal.timeout(120_000),
  })
  if (response.ok) return peer
  await peer.stop()
  throw new Error(`its setup answered ${response.status}: ${(await response.text()).slice(0, 500)}`)
}

function composeSeed(article: Shared): object {
  const slugs = article.topics.map((topic) => ({ slug: topic, label: topic }))
  const menu = article.menu.map((slug) => ({ type: "custom", label: slug, url: `/${slug}` }))
  const others = article.others.map((other) => ({ ...other, text: other.summary }))
  const posts = [{ ...article, slug: "article" }, ...others].map((post) => ({
    ...{ id: post.slug, slug: post.slug, status: "published", taxonomies: { tag: article.topics } },
    data: { title: post.title, excerpt: post.summary, content: composeBlocks(post.text) },
  }))
  return {
    version: "1",
    settings: { title },
    collections: [
      {
        ...{ slug: "posts", label: "Posts", labelSingular: "Post", supports: ["drafts", "revisions", "search", "seo"] },
        fields: [
          { slug: "title", label: "Title", type: "string", required: true, searchable: true },
          { slug: "content", label: "Content", type: "portableText", searchable: true },
          { slug: "excerpt", label: "Excerpt", type: "text" },
        ],
      },
    ],
    taxonomies: [{ name: "tag", label: "Tags", hierarchical: false, collections: ["posts"], terms: slugs }],
    menus: [{ name: "primary", label: "Primary", items: menu }],
    content: { posts },
  }
}

// No fonts, because the build would download them.
const config = `import cloudflare from "@astrojs/cloudflare"
import react from "@astrojs/react"
import { d1, r2 } from "@emdash-cms/cloudflare"
import { defineConfig } from "astro/config"
import emdash from "emdash/astro"
const site = emdash({ database: d1({ binding: "DB" }), storage: r2({ binding: "MEDIA" }), fonts: false })
export default defineConfig({
  output: "server",
  adapter: cloudflare({ imageService: "passthrough" }),
  integrations: [react(), site],
})
`
const collections = `import { defineLiveCollection } from "astro:content"
import { emdashLoader } from "emdash/runtime"
export const collections = { _emdash: defineLiveCollection({ loader: emdashLoader() }) }
`
const page = `---
import { getEmDashCollection, getEmDashEntry, getMenu, getSiteSettings } from "emdash"
import { createPublicPageContext } from "emdash/page"
import { EmDashBodyEnd, EmDashBodyStart, EmDashHead, PortableText } from "emdash/ui"
import LiveSearch from "emdash/ui/search"
const { slug } = Astro.params
const { entry } = await getEmDashEntry("posts", slug ?? "")
if (!entry) return new Response("Not found", { status: 404 })
const settings = await getSiteSettings()
const menu = await getMenu("primary")
const { id, title, excerpt, content, terms } = entry.data
const newest = await getEmDashCollection("posts", { orderBy: { published_at: "desc" }, limit: 5 })
const others = newest.entries.filter((other) => other.id !== entry.id).slice(0, 4)
const about = { title, description: excerpt, siteName: settings.title }
const page = createPublicPageContext({
  Astro, kind: "content", pageType: "article", content: { collection: "posts", id, slug }, ...about,
})
---
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<EmDashHead page={page} />
<style>body{max-width:66ch;margin:auto}</style>
</head>
<body>
<EmDashBodyStart page={page} />
<header>
<a href="/">{settings.title}</a><nav>{menu?.items.map((item) => <a href={item.url}>{item.label}</a>)}</nav>
<LiveSearch collections={["posts"]} />
</header>
<main>
<article><h1>{title}</h1><p>{excerpt}</p><PortableText value={content} /></article>
<ul>{terms?.tag?.map((tag) => <li><a href={"/topics/" + tag.slug}>{tag.label}</a></li>)}</ul>
<aside>{others.map(({ id, data }) => <p><a href={"/posts/" + id}>{data.title}</a> {data.excerpt}</p>)}</aside>
</main>
<EmDashBodyEnd page={page} />
</body>
</html>
`
