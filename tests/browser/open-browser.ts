// Chromium from npm, or the one that CHROME_PATH names. It is never skipped.
import { type Browser, chromium } from "playwright-core"

/** Opens a headless browser that stays on this machine. `more`: flags of Chromium. */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const quiet = [
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
  ]
  const given = process.env.CHROME_PATH
  if (given) return chromium.launch({ executablePath: given, args: ["--no-sandbox", ...quiet, ...more] })
  // With this set before its import the package also unpacks the libraries that a bare Debian lacks.
  process.env.AWS_EXECUTION_ENV ??= "AWS_Lambda_nodejs22.x"
  const { default: packaged } = await import("@sparticuz/chromium")
  // Made for a lambda: in one process it would end with the first context that is closed.
  const args = packaged.args.filter((argument) => argument !== "--single-process" && argument !== "--no-zygote")
  const executablePath = await packaged.executablePath()
  const launch = () => chromium.launch({ executablePath, args: [...args, ...quiet, ...more], headless: true })
  // On a busy machine it now and then dies before its first word (SIGSEGV): once more, then it is an error.
  return launch().catch(launch)
}
