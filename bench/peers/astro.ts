// Astro with its Cloudflare adapter: a site of one page, rendered on each request with marked.
import { compatibility, startBuilt } from "./built.ts"
import { install, type Peer, type Shared, writeFiles } from "./peer.ts"

const packages = { astro: "7.3.5", "@astrojs/cloudflare": "14.3.3", wrangler: "4.155.0", marked: "18.2.1" }

export async function startAstro(article: Shared): Promise<Peer> {
  const folder = install("astro", packages)
  writeFiles(folder, {
    "astro.config.mjs": config,
    "wrangler.json": { name: "peer-astro", main: "@astrojs/cloudflare/entrypoints/server", ...compatibility },
    "src/article.js": `export const article = ${JSON.stringify(article)}\n`,
    "src/pages/index.astro": page,
  })
  return startBuilt(folder, "/")
}

const config = `import cloudflare from "@astrojs/cloudflare"
export default { output: "server", adapter: cloudflare({ imageService: "passthrough" }) }
`
const page = `---
import { marked } from "marked"
import { article } from "../article.js"
const { title, summary, topics, text, menu, others } = article
const html = marked(text)
---
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<meta name="description" content={summary}><link rel="canonical" href={Astro.url}>
<style>body{max-width:66ch;margin:auto}</style>
</head>
<body>
<header><a href="/">A newspaper</a><nav>{menu.map((slug) => <a href={"/" + slug}>{slug}</a>)}</nav></header>
<main>
<h1>{title}</h1><p>{summary}</p><Fragment set:html={html} />
<ul>{topics.map((topic) => <li><a href={"/topics/" + topic}>{topic}</a></li>)}</ul>
<aside>{others.map((other) => <p><a href={"/" + other.slug}>{other.title}</a> {other.summary}</p>)}</aside>
</main>
</body>
</html>
`
