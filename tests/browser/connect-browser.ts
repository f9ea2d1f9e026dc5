import { type Browser, chromium } from "playwright-core"
import { inject } from "vitest"

/** Connects to the browser that test files share. Closing it closes this connection's pages only. */
export function connectBrowser(): Promise<Browser> {
  return chromium.connect(inject("browser"))
}
