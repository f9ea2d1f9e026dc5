// Live reload: a script that exists in local mode only, where the start command says so.
import { htmlType, type Page } from "./page.ts"

/** The script that reloads the page when the folder was published. */
export function liveReloadScript(address: string): string {
  return `new EventSource(${JSON.stringify(address)}).onmessage=()=>location.reload()`
}

/** Adds the script to an HTML page; without an address the page stays as it is. */
export function addLiveReload(page: Page, address: string | undefined): Page {
  if (address === undefined || page.type !== htmlType || page.body instanceof ReadableStream) return page
  const script = `<script>${liveReloadScript(address)}</script></body>`
  const text = typeof page.body === "string" ? page.body : page.body.join("")
  return { ...page, body: text.replace(/<\/body>/, () => script) }
}
