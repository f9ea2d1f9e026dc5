// Opens Chromium from npm, or the browser in CHROME_PATH. Browser tests are never skipped.
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { type Browser, type BrowserServer, chromium, type LaunchOptions } from "playwright-core"
import { installFonts } from "./fonts.ts"

/**
 * Where the browser is unpacked. The package would use the system's temporary folder, where another user's browser, or
 * another version, may already be. A new `npm ci` removes this one.
 */
const unpacked = join(import.meta.dirname, "../../node_modules/.cache/browser")

/** Opens a headless browser that stays on this machine. `more`: flags of Chromium. */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const options = await describeBrowser(more)
  return retry(() => chromium.launch(options))
}

/** Opens such a browser for several processes, which connect to it. */
export async function launchBrowserServer(): Promise<BrowserServer> {
  const options = await describeBrowser([])
  return retry(() => chromium.launchServer(options))
}

/** On a busy machine it occasionally crashes at start (SIGSEGV): retry once, then fail. */
const retry = <Result>(launch: () => Promise<Result>) => launch().catch(launch)

async function describeBrowser(more: readonly string[]): Promise<LaunchOptions> {
  const quiet = [
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
  ]
  const given = process.env.CHROME_PATH
  if (given) return { executablePath: given, args: ["--no-sandbox", ...quiet, ...more] }
  // If this is set before the import, the package also unpacks the libraries that a minimal Debian lacks.
  process.env.AWS_EXECUTION_ENV ??= "AWS_Lambda_nodejs22.x"
  mkdirSync(unpacked, { recursive: true })
  const { TMPDIR } = process.env
  process.env.TMPDIR = unpacked
  const { default: packaged } = await import("@sparticuz/chromium")
  // The package is made for AWS Lambda: in a single process, it would exit when the first context is closed.
  const args = packaged.args.filter((argument) => argument !== "--single-process" && argument !== "--no-zygote")
  const executablePath = await packaged.executablePath()
  if (TMPDIR === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = TMPDIR
  process.env.FONTCONFIG_FILE = installFonts(unpacked)
  return { executablePath, args: [...args, ...quiet, ...more], headless: true }
}
