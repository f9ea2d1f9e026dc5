// Publishing from Git: three authors, and the steps of the workflow (and of the page's GitLab example) run by bash as the
// services run them, each job in a fresh clone.
import { execFileSync, spawnSync } from "node:child_process"
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { parse } from "yaml"
import { type RunningSite, root, runDateline, startSite } from "./running-site.ts"

// Every job is several processes, and a busy machine may be slow.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
}
const source = readFileSync(join(root, ".github/workflows/publish.yml"), "utf8")
const { jobs } = parse(source) as { jobs: Record<string, { steps: readonly Step[] }> }

const folder = mkdtempSync(join(tmpdir(), "dateline-git-"))
const shared = join(folder, "origin.git")
const tools = join(folder, "tools")
const environment = { PATH: `${tools}:${process.env.PATH}`, HOME: folder, NO_COLOR: "1" }
const authors = ["Ann", "Ben", "Cho"] as const
type Author = (typeof authors)[number]
let site: RunningSite
/** The keys of the workflow and of Ann, who also publishes from her laptop. */
const keys = { github: "", Ann: "" }

function git(at: string, ...args: string[]): string {
  const all = ["-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main", ...args]
  return execFileSync("git", all, { cwd: at, encoding: "utf8", stdio: "pipe", env: environment })
}

const homeOf = (author: Author) => join(folder, author)
const pathOf = (name: string) => `/asia/nepal/${name}`
const fileOf = (at: string, name: string) => join(at, "content/asia/nepal", `${name}.md`)
const compose = (...paragraphs: string[]) =>
  `---\ntitle: Of rivers\nsummary: A summary.\ndate: 2020-01-02\n---\n\n${paragraphs.join("\n\n")}\n`

/** An author writes a file and commits it. */
function commit(author: Author, name: string, text: string): void {
  const file = fileOf(homeOf(author), name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  git(homeOf(author), "add", "--all")
  git(homeOf(author), "commit", "--quiet", `--message=Edit ${name}`)
}

const pull = (author: Author) => git(homeOf(author), "pull", "--quiet", "--no-rebase", "--no-edit", "origin", "main")
function push(author: Author, branch = "main"): string {
  git(homeOf(author), "push", "--quiet", "origin", `HEAD:${branch}`)
  return git(homeOf(author), "rev-parse", "HEAD").trim()
}

function bash(at: string, script: string, env: Readonly<Record<string, string>>) {
  const args = ["--noprofile", "--norc", "-eo", "pipefail", "-c", script]
  const { status, stdout, stderr } = spawnSync("bash", args, {
    cwd: at,
    encoding: "utf8",
    env: { ...environment, ...env },
  })
  return { code: status, out: stdout + stderr }
}

interface Event {
  /** The commit that was pushed, or the branch of a pull request. */
  readonly sha?: string
  readonly branch?: string
  readonly fork?: boolean
}

/** Runs a job's steps in a fresh clone, made as its checkout step asks. */
function runJob(name: "check" | "publish", { sha = "", branch, fork = false }: Event) {
  const known: Readonly<Record<string, string>> = {
    "vars.DATELINE_URL": fork ? "" : site.url,
    "secrets.DATELINE_KEY": fork ? "" : keys.github,
    "github.ref_name": "main",
  }
  const fill = (text: string) =>
    text.replace(/\$\{\{ *(.+?) *\}\}/g, (_, expression: string) => {
      const value = known[expression]
      if (value === undefined) throw new Error(`this test does not know ${expression}`)
      return value
    })
  const work = mkdtempSync(join(folder, "job-"))
  const [clone, summary] = [join(work, "clone"), join(work, "summary.md")]
  let out = ""
  for (const { uses = "", run, with: options = {}, env = {} } of jobs[name]?.steps ?? []) {
    if (uses.startsWith("actions/checkout@")) {
      const depth = options["fetch-depth"] === 0 ? [] : ["--depth=1", "--no-single-branch"]
      git(work, "clone", "--quiet", ...depth, `file://${shared}`, clone)
      // By default, the commit of the event: for a pull request, its merge into the base.
      if (branch !== undefined) {
        git(clone, "checkout", "--quiet", "--detach", "origin/main")
        git(clone, "-c", "user.name=GitHub", "-c", "user.email=g@h", "merge", "--quiet", "--no-ff", `origin/${branch}`)
      } else git(clone, "checkout", "--quiet", options.ref === undefined ? sha : `origin/${fill(String(options.ref))}`)
    }
    if (run === undefined) continue
    const given = Object.fromEntries(Object.entries(env).map(([variable, value]) => [variable, fill(value)]))
    const base = branch === undefined ? "" : "main"
    const step = bash(clone, run, { GITHUB_BASE_REF: base, GITHUB_STEP_SUMMARY: summary, ...given })
    out += step.out
    if (step.code !== 0) return { code: step.code, out, summary: "" }
  }
  return { code: 0, out, summary: existsSync(summary) ? readFileSync(summary, "utf8") : "" }
}

const publishCommit = (sha: string) => runJob("publish", { sha })
/** While a job ran, the site may have closed the last connection: the event loop has to hear of it first. */
const ask = async (url: string) => {
  await new Promise((resolve) => setTimeout(resolve))
  return fetch(url)
}
const pageOf = async (name: string) => (await ask(site.url + pathOf(name))).text()

beforeAll(async () => {
  site = await startSite({ copy: false, watch: false })
  for (const name of ["github", "Ann"] as const)
    keys[name] = JSON.parse(runDateline(site, ["editors", "add", name, "--json"]).out).key
  mkdirSync(tools)
  // `npm ci` on a machine that has the packages already.
  writeFileSync(join(tools, "npm"), `#!/bin/sh\n[ "$*" = ci ] && ln -s "${join(root, "node_modules")}" node_modules\n`)
  chmodSync(join(tools, "npm"), 0o755)
  git(folder, "init", "--quiet", "--bare", shared)
  for (const author of authors) {
    git(folder, "clone", "--quiet", `file://${shared}`, homeOf(author))
    git(homeOf(author), "config", "user.name", author)
    git(homeOf(author), "config", "user.email", `${author}@newsroom.example`)
  }
  for (const name of ["bin", "src", "package.json", "dateline.config.ts", ".gitignore"])
    cpSync(join(root, name), join(homeOf("Ann"), name), { recursive: true })
  git(homeOf("Ann"), "checkout", "--quiet", "-b", "main")
  for (const name of ["a", "b", "c"]) commit("Ann", name, compose("First.", "Second.", "Third."))
  const { code, out } = publishCommit(push("Ann"))
  expect([code, out]).toEqual([0, expect.stringContaining("3 published, 0 unchanged, 0 conflicts")])
  for (const author of ["Ben", "Cho"] as const) {
    git(homeOf(author), "checkout", "--quiet", "-b", "main")
    pull(author)
  }
})
afterAll(async () => {
  await site?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe("the workflow", () => {
  it("publishes what three authors push in turn, without --force, and keeps their names in the history", async () => {
    expect(source).not.toContain("--force")
    for (const author of authors) {
      pull(author)
      commit(author, "a", compose(`First, by ${author}.`, "Second.", "Third."))
      const { code, out } = publishCommit(push(author))
      expect([code, out]).toEqual([0, expect.stringContaining("1 published, 2 unchanged, 0 conflicts")])
      expect(await pageOf("a")).toContain(`First, by ${author}.`)
    }
    const { out } = runDateline(site, ["log", pathOf("a")])
    for (const author of authors) expect(out).toMatch(new RegExp(`github.*${author}: Edit a`))
  })

  it("publishes branches that are merged out of order, by jobs that run out of order", async () => {
    for (const author of ["Ben", "Cho"] as const) pull(author)
    commit("Ben", "a", compose("First, by Cho.", "Second, by Ben.", "Third."))
    commit("Ben", "b", compose("B by Ben.", "Second.", "Third."))
    commit("Cho", "a", compose("First, by Cho.", "Second.", "Third, by Cho."))
    // Cho wrote last and is merged first. The job of her commit runs last.
    const early = push("Cho")
    pull("Ben")
    const late = push("Ben")
    const first = publishCommit(late)
    expect([first.code, first.out]).toEqual([0, expect.stringContaining("2 published")])
    const second = publishCommit(early)
    expect([second.code, second.out]).toEqual([0, expect.stringContaining("0 published, 3 unchanged, 0 conflicts")])
    expect(await pageOf("a")).toMatch(/Second, by Ben\.[\s\S]*Third, by Cho\./)
    expect(await pageOf("b")).toContain("B by Ben.")
  })

  it("publishes others' work after an edit on the site, and stops only at an edit of the same article", async () => {
    const laptop = join(folder, "laptop")
    pull("Ann")
    cpSync(join(homeOf("Ann"), "content"), laptop, { recursive: true })
    const ann = { url: site.url, key: keys.Ann, content: laptop }
    expect(runDateline(ann, ["publish", "--no-cards"]).out).toContain("0 published, 3 unchanged")
    const hers = compose("First, on the site.", "Second, by Ben.", "Third.")
    writeFileSync(join(laptop, "asia/nepal/a.md"), hers)
    expect(runDateline(ann, ["publish", "--no-cards"]).code).toBe(0)

    pull("Ben")
    commit("Ben", "b", compose("B again."))
    const through = publishCommit(push("Ben"))
    expect([through.code, through.out]).toEqual([0, expect.stringContaining("1 published, 2 unchanged, 0 conflicts")])
    expect(through.out).toMatch(
      /Skipped \/asia\/nepal\/a: your Git history does not include revision \d+, which Ann published/,
    )

    expect(runDateline(site, ["status"], join(homeOf("Ben"), "content")).out).toMatch(/^behind +\/asia\/nepal\/a$/m)

    pull("Cho")
    commit("Cho", "a", compose("First, by Cho again."))
    commit("Cho", "c", compose("C by Cho."))
    const stopped = publishCommit(push("Cho"))
    expect(stopped.code).toBe(3)
    expect(stopped.out).toMatch(/Conflict: \/asia\/nepal\/a: Ann published revision \d+ on \d{4}-/)
    expect(await pageOf("c")).toContain("C by Cho.")
    expect(await pageOf("a")).toContain("First, on the site.")

    // What docs/git.md says to do.
    const page = readFileSync(join(root, "docs/git.md"), "utf8")
    const take = /^npx dateline diff .*(?= {3}#)/m.exec(page)?.[0].replaceAll("river", "a") ?? ""
    expect(take).toContain(pathOf("a"))
    const here = homeOf("Cho")
    expect(bash(here, `npm ci && ${take}`, { DATELINE_URL: site.url, DATELINE_KEY: keys.Ann })).toMatchObject({
      code: 0,
    })
    expect(readFileSync(fileOf(here, "a"), "utf8")).toBe(hers)
    git(here, "commit", "--quiet", "--all", "--message=Take the edit made on the site")
    commit("Cho", "a", compose("First, on the site.", "Second, by Ben.", "Third, at last."))
    expect(publishCommit(push("Cho"))).toMatchObject({ code: 0 })
    expect(await pageOf("a")).toMatch(/First, on the site\.[\s\S]*Third, at last\./)
  })

  it("links to a preview of each article that a pull request adds or changes, and publishes none", async () => {
    pull("Ben")
    git(homeOf("Ben"), "checkout", "--quiet", "-b", "story")
    commit("Ben", "new", compose("Not yet published.").replace("---\n\n", "status: draft\n---\n\n"))
    commit("Ben", "b", compose("B in a pull request."))
    commit("Ben", "../../digest/2026-11-30", "Good morning.\n")
    push("Ben", "story")
    // Others go on meanwhile: their articles are not the pull request's.
    pull("Cho")
    commit("Cho", "c", compose("C on main."))
    push("Cho")
    const { code, out, summary } = runJob("check", { branch: "story" })
    expect([code, out]).toEqual([0, expect.stringContaining("Skipped /digest/2026-11-30")])
    const links = [...summary.matchAll(/^- (\S+) until .*: (\S+)$/gm)].map(([, path, url]) => [path, url] as const)
    expect(links.map(([path]) => path)).toEqual([pathOf("b"), pathOf("new")])
    const texts = await Promise.all(links.map(async ([, url = ""]) => (await ask(url)).text()))
    expect(texts).toEqual([
      expect.stringContaining("B in a pull request."),
      expect.stringContaining("Not yet published."),
    ])
    expect(await pageOf("b")).toContain("B again.")
    expect((await ask(site.url + pathOf("new"))).status).toBe(404)

    const fork = runJob("check", { branch: "story", fork: true })
    expect([fork.code, fork.summary, fork.out]).toEqual([0, "", expect.stringContaining("Checked only")])
    commit("Ben", "new", compose("Not yet published.").replace("title", "titel"))
    push("Ben", "story")
    const wrong = runJob("check", { branch: "story" })
    expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining("asia/nepal/new.md:2:1 titel")])
    git(homeOf("Ben"), "checkout", "--quiet", "main")
  })

  it("without a key publishes nothing, and says what to set", () => {
    const { code, out } = runJob("publish", { fork: true })
    expect([code, out]).toEqual([0, expect.stringContaining("::warning::Nothing was published")])
  })
})

it("the GitLab example of docs/git.md does the same, in ten lines", async () => {
  const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(root, "docs/git.md"), "utf8")) ?? []
  expect(example.trim().split("\n")).toHaveLength(10)
  const pipeline = parse(example) as {
    variables: Record<string, unknown>
    before_script: string[]
    check: { script: string[] }
    publish: { script: string[] }
  }
  const variables = Object.fromEntries(Object.entries(pipeline.variables).map(([name, value]) => [name, String(value)]))
  expect(variables.GIT_DEPTH).toBe("0")
  const base = git(homeOf("Ben"), "rev-parse", "origin/main").trim()
  const runScript = (script: readonly string[], at: string, env: Record<string, string>) => {
    const work = mkdtempSync(join(folder, "job-"))
    git(work, "clone", "--quiet", `file://${shared}`, "clone")
    git(join(work, "clone"), "checkout", "--quiet", "--detach", at)
    const all = { ...variables, DATELINE_URL: site.url, DATELINE_KEY: keys.github, ...env }
    return bash(join(work, "clone"), [...pipeline.before_script, ...script].join("\n"), all)
  }
  pull("Ben")
  const main = git(homeOf("Ben"), "rev-parse", "HEAD").trim()
  commit("Ben", "b", compose("B by GitLab."))
  const tip = push("Ben", "gitlab")
  const merge = { CI_MERGE_REQUEST_DIFF_BASE_SHA: main }
  const checked = runScript(pipeline.check.script, tip, merge)
  expect([checked.code, checked.out]).toEqual([0, expect.stringMatching(/\/asia\/nepal\/b until .*\/preview\//)])
  const forked = runScript(pipeline.check.script, tip, { ...merge, DATELINE_KEY: "" })
  expect([forked.code, forked.out]).toEqual([0, expect.not.stringContaining("/preview/")])
  push("Ben")
  // The job of an older commit publishes the newest too.
  const published = runScript(pipeline.publish.script, base, { CI_COMMIT_BRANCH: "main" })
  expect([published.code, published.out]).toEqual([
    0,
    expect.stringMatching(/[12] published, \d unchanged, 0 conflicts/),
  ])
  expect(await pageOf("b")).toContain("B by GitLab.")
})
