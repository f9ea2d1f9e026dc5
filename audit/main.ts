// `npm run audit`: every kind of page in a real browser, and Lighthouse. `npm run audit -- keyboard lighthouse`: parts of it.
import { openBrowser } from "../tests/browser/open-browser.ts"
import { findPort, root, runDateline, startSite } from "../tests/whole/running-site.ts"
import { auditPages } from "./browser.ts"
import { measureScores } from "./lighthouse.ts"
import { withdrawn } from "./pages.ts"
import { signIn } from "./sign-in.ts"

const parts = process.argv.slice(2)
const ways = parts.filter((part) => part !== "lighthouse")
const port = await findPort()
const site = await startSite({ copy: true, watch: false })
const browser = await openBrowser([`--remote-debugging-port=${port}`])
let good = true
try {
  if (parts.length === 0 || ways.length > 0) good = (await lookAtPages()) && good
  if (parts.length === 0 || parts.includes("lighthouse")) good = (await runLighthouse()) && good
} finally {
  await browser.close()
  await site.stop()
}
console.log(good ? "Nothing to mend." : "There is something to mend.")
process.exitCode = good ? 0 : 1

async function lookAtPages(): Promise<boolean> {
  const { code, err } = runDateline(site, ["unpublish", withdrawn, "--reason", "for the audit"])
  if (code !== 0) throw new Error(err)
  const found = await auditPages(
    browser,
    site.url,
    await signIn(browser, site, "audit@reader.example"),
    ways,
    (way, pages, faults) => {
      console.log(`${way}: ${pages} pages, ${faults.length} faults`)
      for (const fault of faults) console.log(`  ${fault}`)
    },
  )
  return found === 0
}

function runLighthouse(): Promise<boolean> {
  return measureScores(root, site.url, port, (scores) => {
    const { path, performance, accessibility, bestPractices, seo, shift, below } = scores
    console.log(
      `lighthouse ${path}: performance ${performance}, accessibility ${accessibility}, best practices ${bestPractices}, SEO ${seo}, layout shift ${shift}`,
    )
    if (below.length > 0) console.log(`  below full marks in some round: ${below.join(", ")}`)
  })
}
