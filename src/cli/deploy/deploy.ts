// `npm run deploy`: deploys the site to Cloudflare. Safe to interrupt and re-run: every step first checks what exists.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join, resolve } from "node:path"
import { Option } from "commander"
import { parse } from "smol-toml"
import type { Unstable_RawConfig as RawConfig } from "wrangler"
import config from "../../../dateline.config.ts"
import { createProgram, deskKeyFile, explainFailure, runProgram } from "../commander.ts"
import { fetchHeads, openDesk } from "../desk-client.ts"
import { bundleWorker } from "../local/bundle.ts"
import { drawMaps } from "../local/maps.ts"
import { CLIError, countOf } from "../output.ts"
import { requireValidConfig } from "../site-config.ts"
import { makePrivateFolder, writePrivateFile } from "../write-files.ts"
import {
  type CloudflareAPI,
  chooseOrigin,
  chooseSubdomain,
  openAccount,
  runNode,
  runWrangler,
  waitForSite,
} from "./cloudflare.ts"
import { chooseSecrets, findTerminal, keepDeskKey } from "./secrets.ts"
import { composeConfig, listStores, prepareStores, type Settings } from "./stores.ts"

const root = resolve(import.meta.dirname, "../../..")
const content = join(root, "content")
const folder = join(root, ".wrangler/deploy")
/** The probe's exit code if the site has no article that it can read (probe/main.ts). */
const nothingToRead = 3

interface Flags {
  readonly env?: string
  readonly dryRun?: boolean
}

const program = createProgram("npm run deploy --")
  .description(
    "Deploy the site to Cloudflare: stores, tables, secrets, code and content. Safe to interrupt and re-run.",
  )
  .addOption(
    new Option("--env <name>", "deploy a second site alongside production, with its own stores").choices(["staging"]),
  )
  .option("--dry-run", "list the steps, without using an account or the network")
  .addHelpText(
    "after",
    "\nExamples:\n  npm run deploy -- --dry-run\n  npm run deploy\n  npm run deploy -- --env staging",
  )
  .action(async (flags: Flags) => {
    await deploy(flags).catch((error: Error) => {
      throw new CLIError(explainFailure(error), 1)
    })
  })

/** The steps in order, as --dry-run lists them and a run announces them. */
function describeSteps(raw: RawConfig, worker: string, origin: string): string[] {
  const names = (kind: string) =>
    listStores(raw, worker)
      .filter((store) => store.kind === kind)
      .map(({ name }) => name)
      .join(", ")
  return [
    "Check the login to Cloudflare",
    `Find or create the KV namespaces ${names("kv_namespace")}; the D1 databases ${names("d1")}; the queues ${names("queue")}`,
    "Apply the migrations that the databases lack, while the current version keeps serving",
    "Generate DESK_KEY and SESSION_KEYS if the Worker lacks them, and ask once for the Stripe and Amazon SES secrets",
    `Deploy the Worker ${worker} with ORIGIN ${origin}`,
    "Publish content/ if the site is empty",
    `Check the site from outside, as \`npm run probe -- ${origin}\` does`,
  ]
}

async function deploy({ env, dryRun = false }: Flags): Promise<void> {
  requireValidConfig()
  const raw = parse(readFileSync(join(root, "wrangler.toml"), "utf8")) as RawConfig
  const worker = env === undefined ? (raw.name ?? "dateline") : `${raw.name}-${env}`
  const production = env === undefined
  if (dryRun) {
    const steps = describeSteps(raw, worker, chooseOrigin(config.origin, worker, "YOUR-SUBDOMAIN", production))
    for (const [at, step] of steps.entries()) console.log(`${at + 1}. ${step}`)
    return
  }
  let number = 0
  let origin = ""
  const begin = () => console.log(`${number + 1}. ${describeSteps(raw, worker, origin)[number++]}`)
  const done = (what: string) => console.log(`   ${what}`)

  const ask = findTerminal()
  begin()
  const { account, call, list } = await openAccount(raw.account_id ?? (process.env.CLOUDFLARE_ACCOUNT_ID || undefined))
  done(`Account ${account.name}`)

  begin()
  const script = `/workers/scripts/${worker}`
  const settings = (await call("GET", `${script}/settings`)) as Settings | null
  const known = settings === null ? [] : ((await call("GET", `${script}/secrets`)) as { name: string }[])
  const ids = await prepareStores({ call, list }, listStores(raw, worker), worker, settings, done)
  const subdomain = await chooseSubdomain(call, account.id, ask)
  origin = chooseOrigin(config.origin, worker, subdomain, production)
  makePrivateFolder(folder)
  const file = join(folder, `wrangler.${worker}.json`)
  const options = { root, worker, account: account.id, ids, origin }
  writePrivateFile(file, JSON.stringify(composeConfig(raw, options), null, 2))

  begin()
  for (const { binding = "", migrations_dir = "migrations" } of raw.d1_databases ?? []) {
    const applied = await readApplied(call, ids.get(binding) ?? "")
    const missing = readdirSync(join(root, migrations_dir)).filter(
      (name) => name.endsWith(".sql") && !applied.has(name),
    )
    if (missing.length > 0) await migrate(binding, file)
  }

  begin()
  const before = chooseOrigin(config.origin, worker, subdomain, false)
  const createKey = () => keepDeskKey(origin, before, true) ?? ""
  const secrets = await chooseSecrets(new Set(known.map(({ name }) => name)), createKey, ask)
  done(Object.keys(secrets).length === 0 ? "The Worker already has them" : `New: ${Object.keys(secrets).join(", ")}`)

  begin()
  await upload(worker, file, secrets)
  await waitForSite(origin, done)

  begin()
  const kept = keepDeskKey(origin, before, false)
  if (kept !== null) done(`Editor's key: ${deskKeyFile(origin)}`)
  const key = kept ?? (process.env.DATELINE_KEY?.trim() || null)
  await publish(origin, key, join(folder, `${worker}.publishing`), done)

  begin()
  await probe(origin, done)
  console.log(`Deployed ${origin}`)
}

/** The migrations applied to a database. Empty if it cannot be read: wrangler then reports why. */
async function readApplied(call: CloudflareAPI["call"], database: string): Promise<ReadonlySet<string>> {
  const query = { sql: "SELECT name FROM d1_migrations" }
  const reply = await call("POST", `/d1/database/${database}/query`, query).catch(() => null)
  const [rows] = (reply ?? []) as { results: { name: string }[] }[]
  return new Set(rows?.results.map(({ name }) => name))
}

/** @throws CLIError with wrangler's output; the Worker is then unchanged */
async function migrate(binding: string, file: string): Promise<void> {
  const { ok, said } = await runWrangler(["d1", "migrations", "apply", binding, "--remote", "--config", file])
  if (!ok)
    throw new CLIError(
      `${said}\n\nNot all migrations of ${binding} were applied, so nothing was deployed: the current version keeps serving. Fix the problem, then run the command again`,
      1,
    )
}

/** Builds and deploys the Worker. New secrets are passed in a temporary file that only this user can read. */
async function upload(worker: string, file: string, secrets: Readonly<Record<string, string>>): Promise<void> {
  await drawMaps()
  await bundleWorker(root)
  const secretsFile = join(folder, `${worker}.secrets`)
  const given = Object.keys(secrets).length > 0
  if (given) writePrivateFile(secretsFile, JSON.stringify(secrets))
  const args = ["deploy", "--config", file, ...(given ? ["--secrets-file", secretsFile] : [])]
  const { ok } = await runWrangler(args, true).finally(() => rmSync(secretsFile, { force: true }))
  if (!ok) throw new CLIError("wrangler did not finish the deployment. Run the command again", 1)
}

/** Publishes content/ to an empty site, or resumes a first publish that was interrupted. */
async function publish(origin: string, key: string | null, started: string, done: (what: string) => void) {
  if (key === null) {
    done("Skipped: the editor's key is on the machine that deployed first. Set DATELINE_KEY to publish from here")
    return
  }
  const { size } = await fetchHeads(openDesk({ url: origin, key }))
  if (size > 0 && !existsSync(started)) {
    done(`The site has ${countOf(size, "article")}. To publish changes, run \`npx dateline publish --url ${origin}\``)
    return
  }
  writePrivateFile(started, "")
  const args = [join(root, "src/cli/main.ts"), "publish", "--url", origin, "--content", content]
  const { status } = await runNode(args, { env: { ...process.env, DATELINE_KEY: key }, show: true })
  if (status !== 0)
    throw new CLIError("The site is deployed, but without content/. Fix the problem, then run the command again", 1)
  rmSync(started)
}

/** Runs the probe and shows its failures. @throws CLIError if there are any */
async function probe(origin: string, done: (what: string) => void): Promise<void> {
  // Without a key, the probe only reads.
  const { DATELINE_KEY: _, ...env } = process.env
  const run = await runNode([join(root, "probe/main.ts"), origin], { env, show: false })
  if (run.status === nothingToRead) {
    done("Skipped: the site has no article that everyone may read")
    return
  }
  for (const line of run.stdout.split("\n")) if (/ {2}FAIL {2}|^\d+ passed/.test(line)) console.log(`   ${line}`)
  if (run.status !== 0)
    throw new CLIError(`${run.stderr}The site is deployed, but the probe found problems. See docs/deploy.md`, 1)
}

await runProgram(program, process.argv.slice(2))
