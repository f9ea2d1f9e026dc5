// `npm run audit`: every kind of page in a real browser, Lighthouse, hostile texts. `npm run audit -- keyboard lighthouse xss` runs parts of it.
import type { Browser } from "playwright-core"
import { openBrowser } from "../tests/browser/open-browser.ts"
import { findPort, type RunningSite, root, runDateline, startSite } from "../tests/whole/running-site.ts"
import { auditPages } from "./browser.ts"
import { measureScores } from "./lighthouse.ts"
import { loseTexts } from "./lost-texts.ts"
import { dates, withdrawn } from "./pages.ts"
import { signIn } from "./sign-in.ts"
import { auditXss } from "./xss.ts"

const parts = process.argv.slice(2)
const ways = parts.filter((part) => part !== "lighthouse" && part !== "xss")
const all = parts.length === 0
let good = true
if (all || ways.length > 0 || parts.includes("lighthouse")) good = await auditPublication()
if (all || parts.includes("xss")) good = (await tryHostileTexts()) && good
console.log(good ? "No faults found." : "Faults found: see above.")
process.exitCode = good ? 0 : 1

/** The starter publication: its pages, and Lighthouse on them. */
async function auditPublication(): Promise<boolean> {
  const port = await findPort()
  const site = await startSite({ copy: true, watch: false })
  const browser = await openBrowser([`--remote-debugging-port=${port}`])
  try {
    const sound = (!all && ways.length === 0) || (await lookAtPages(site, browser))
    return ((!all && !parts.includes("lighthouse")) || (await runLighthouse(site, port))) && sound
  } finally {
    await browser.close()
    await site.stop()
  }
}

async function tryHostileTexts(): Promise<boolean> {
  const faults = await auditXss((line) => console.log(`xss: ${line}`))
  for (const fault of faults.slice(0, 50)) console.log(`  ${fault}`)
  console.log(`xss: ${faults.length} faults`)
  return faults.length === 0
}

async function lookAtPages(site: RunningSite, browser: Browser): Promise<boolean> {
  for (const command of [
    ["unpublish", withdrawn, "--reason", "for the audit"],
    ["headlines", "send", dates.headlines],
    ["digest", "send", dates.digest],
  ]) {
    const { code, err } = runDateline(site, command)
    if (code !== 0) throw new Error(err)
  }
  await loseTexts(site)
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

function runLighthouse(site: RunningSite, port: number): Promise<boolean> {
  return measureScores(root, site.url, port, (scores) => {
    const { path, performance, accessibility, bestPractices, seo, shift, below } = scores
    console.log(
      `lighthouse ${path}: performance ${performance}, accessibility ${accessibility}, best practices ${bestPractices}, SEO ${seo}, layout shift ${shift}`,
    )
    if (below.length > 0) console.log(`  less than full marks in at least one run: ${below.join(", ")}`)
  })
}
