// The one test command: types and lint, and the maps, then every vitest project. The last line counts the results.
import { spawn } from "node:child_process"
import { mkdirSync, readFileSync, rmSync } from "node:fs"

const report = ".cache/test-report.json"
mkdirSync(".cache", { recursive: true })
rmSync(report, { force: true })

function run(command, args) {
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" }
  const child = spawn(command, args, { stdio: "inherit", env })
  return new Promise((resolve) => child.on("close", (code) => resolve(code ?? 1)).on("error", () => resolve(1)))
}

const [checked, drawn] = await Promise.all([
  run("npm", ["run", "--silent", "check"]),
  run("npm", ["run", "--silent", "maps"]),
])
const more = process.argv.slice(2)
const reporters = ["--reporter=default", "--reporter=json", `--outputFile=${report}`]
const tested = await run("npx", ["vitest", "run", ...reporters, ...more])
let passed = 0
let failed = (checked === 0 ? 0 : 1) + (drawn === 0 ? 0 : 1)
try {
  const counts = JSON.parse(readFileSync(report, "utf8"))
  passed += counts.numPassedTests
  failed +=
    counts.numFailedTests +
    (counts.testResults ?? []).filter((file) => file.status === "failed" && file.assertionResults.length === 0).length
} catch {
  failed += 1
}
if (checked === 0) passed += 1
if (tested !== 0 && failed === 0) failed = 1
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
