// The worker thread in which `check` renders articles, so that rendering can be killed.
import { parentPort } from "node:worker_threads"
import config from "../../dateline.config.ts"
import type { Article } from "../article/article.ts"
import { renderMarkdown } from "../render/markdown.ts"
import { tryArticle } from "../render/try-article.ts"
import { loadLanguages } from "../site/messages.ts"

parentPort?.on("message", async (article: Article) => {
  parentPort?.postMessage(await tryArticle(article, config))
})

await loadLanguages()
// Ready once everything is loaded, including the sanitizer.
await renderMarkdown("warm <b>up</b>", { language: "en", media: {}, site: config })
parentPort?.postMessage("ready")
