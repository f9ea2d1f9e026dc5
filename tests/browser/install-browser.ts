// Unpacks the browser once, before test files that run at the same time would do it over each other.
import { openBrowser } from "./open-browser.ts"

export default async function setUp(): Promise<void> {
  await (await openBrowser()).close()
}
