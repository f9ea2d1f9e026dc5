// Runs Lighthouse, installed from npm into its own folder: it has hundreds of packages that nothing else here needs.
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const version = "13.5.0"
/** The median of five runs varies half as much as a single run (Lighthouse, docs/variability.md). */
const rounds = 5
/** A front page, a region, a country, an article with a map, one with pictures, and the page that sells the membership. */
const paths = [
  "/",
  "/asia",
  "/asia/tajikistan",
  "/asia/tajikistan/security-summit-dushanbe",
  "/africa/how-famine-is-declared",
  "/join",
]

export interface Scores {
  readonly path: string
  /** Medians, 0–100. */
  readonly performance: number
  readonly accessibility: number
  readonly bestPractices: number
  readonly seo: number
  /** The worst of all runs. */
  readonly shift: number
  /** Names of scored audits with less than full marks. */
  readonly below: readonly string[]
}

interface Report {
  categories: Record<string, { score: number | null; auditRefs: { id: string; weight: number }[] }>
  audits: Record<string, { score: number | null; title: string; numericValue?: number; scoreDisplayMode: string }>
  runtimeError?: { message: string }
}

/** Runs Lighthouse's mobile preset against a site, with the browser that listens on `port`. @throws Error if it cannot run */
export async function measureScores(
  root: string,
  site: string,
  port: number,
  report: (scores: Scores) => void,
): Promise<boolean> {
  const command = installLighthouse(root)
  let good = true
  for (const path of paths) {
    const runs: Report[] = []
    for (let round = 0; round < rounds; round++) runs.push(await runLighthouse(command, site + path, port, root))
    const scores = summarise(path, runs)
    report(scores)
    const { performance, accessibility, bestPractices, seo, shift } = scores
    if (performance < 100 || accessibility < 100 || bestPractices < 100 || seo < 100 || shift > 0) good = false
  }
  return good
}

function installLighthouse(root: string): string {
  const folder = join(root, ".cache/lighthouse")
  const command = join(folder, "node_modules/lighthouse/cli/index.js")
  const manifest = join(folder, "package.json")
  const wanted = `${JSON.stringify({ private: true, dependencies: { lighthouse: version } })}\n`
  if (existsSync(command) && readFileSync(manifest, "utf8") === wanted) return command
  mkdirSync(folder, { recursive: true })
  writeFileSync(manifest, wanted)
  console.log(`Installing lighthouse ${version} into .cache/lighthouse …`)
  const args = [
    "install",
    "--prefix",
    folder,
    "--no-audit",
    "--no-fund",
    "--no-save",
    "--loglevel=error",
    "--ignore-scripts",
  ]
  const { status } = spawnSync("npm", args, { stdio: "inherit", cwd: folder })
  if (status !== 0 || !existsSync(command))
    throw new Error("lighthouse could not be installed. Is the npm registry reachable?")
  return command
}

function runLighthouse(command: string, url: string, port: number, root: string): Promise<Report> {
  const output = join(root, ".cache/lighthouse/report.json")
  const args = [
    command,
    url,
    `--port=${port}`,
    "--output=json",
    `--output-path=${output}`,
    "--quiet",
    "--no-enable-error-reporting",
  ]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] })
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("exit", (code) => {
      if (code !== 0) return reject(new Error(`lighthouse exited with ${code} on ${url}`))
      const report = JSON.parse(readFileSync(output, "utf8")) as Report
      if (report.runtimeError) reject(new Error(`${url}: ${report.runtimeError.message}`))
      else resolve(report)
    })
  })
}

function summarise(path: string, runs: readonly Report[]): Scores {
  const score = (name: string) => Math.round(100 * median(runs.map((run) => run.categories[name]?.score ?? 0)))
  const below = new Set<string>()
  for (const run of runs)
    for (const { auditRefs } of Object.values(run.categories))
      for (const { id, weight } of auditRefs) {
        const audit = run.audits[id]
        if (weight > 0 && audit !== undefined && audit.score !== null && audit.score < 0.995)
          below.add(`${id} ${audit.score}`)
      }
  return {
    path,
    performance: score("performance"),
    accessibility: score("accessibility"),
    bestPractices: score("best-practices"),
    seo: score("seo"),
    shift: Math.max(...runs.map((run) => run.audits["cumulative-layout-shift"]?.numericValue ?? 1)),
    below: [...below],
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
