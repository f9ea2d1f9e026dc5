// The thread in which `check` renders; it can be killed.
import { parentPort } from "node:worker_threads"
import { renderMarkdown } from "../render/markdown.ts"
import { config } from "../site/config.ts"

parentPort?.on("message", async ({ source, language }: { source: string; language: string }) => {
  try {
    await renderMarkdown(source, { language, media: {}, site: config })
    parentPort?.postMessage(null)
  } catch (error) {
    parentPort?.postMessage(`cannot be rendered: ${error instanceof Error ? error.message : error}`)
  }
})

// Ready when everything is loaded, the sanitizer too.
await renderMarkdown("warm <b>up</b>", { language: "en", media: {}, site: config })
parentPort?.postMessage("ready")
