// Publishing from a fresh clone: edits of the live revision succeed, anything else is a conflict.
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { explainHistory, findBase, unreadable } from "../../src/cli/git-base.ts"
import { publishFolder } from "../../src/cli/publish-folder.ts"
import { type FakeDesk, startFakeDesk } from "./fake-desk.ts"

const path = "/asia/nepal/a"
const dot = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64")
let desk: FakeDesk
let folder: string

beforeEach(async () => {
  desk = await startFakeDesk()
  folder = mkdtempSync(join(tmpdir(), "dateline-git-test-"))
  git("init", "--quiet", "--initial-branch=main", "work")
  folder = join(folder, "work")
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await desk.stop()
  rmSync(dirname(folder), { recursive: true })
})

function git(...args: string[]): void {
  const who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
  execFileSync("git", [...who, ...args], { cwd: folder, stdio: "ignore" })
}

const compose = (words: string) => `---\ntitle: A\nsummary: A summary.\ndate: 2020-01-02\n---\n\n${words}\n`

function commit(files: Record<string, string | Buffer>): void {
  for (const [name, bytes] of Object.entries(files)) {
    const file = join(folder, "content/asia/nepal", name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, bytes)
  }
  git("add", "--all")
  git("commit", "--quiet", "--message=edit")
}

const edit = (words: string) => commit({ "a.md": compose(words) })

/** What a CI job does: it publishes a fresh clone, without a record. */
async function publishClone(...options: string[]) {
  const clone = join(dirname(folder), "clone")
  git("clone", "--quiet", ...options, `file://${folder}`, clone)
  return publishAndDelete(clone)
}

async function publishAndDelete(clone: string) {
  const lines: string[] = []
  const content = join(clone, "content")
  const output = { warn: (line: string) => void lines.push(line), progress: () => undefined }
  const { published, conflicts, unchanged } = await publishFolder({
    content,
    url: desk.url,
    key: "test-key-of-desk",
    output,
  })
  rmSync(clone, { recursive: true })
  return { published: published.length, conflicts: conflicts.length, unchanged: unchanged.length, lines }
}
const through = { published: 1, conflicts: 0 }
const refused = { published: 0, conflicts: 1 }

/** Another editor's publish. */
function overwrite(words: string): void {
  const head = desk.articles.get(path)
  const kept = { revision: (head?.revision ?? 0) + 1, digest: words, source: words, status: "live", who: "Ada" }
  if (head !== undefined) desk.history.set(path, [...(desk.history.get(path) ?? []), head])
  desk.articles.set(path, kept)
}

/** A rollback on the site. */
function rollBack(revision: number): void {
  const old = [...(desk.history.get(path) ?? [])].find((one) => one.revision === revision)
  overwrite("rollback")
  const head = desk.articles.get(path)
  if (head !== undefined && old !== undefined) desk.articles.set(path, { ...old, revision: head.revision })
}

describe("publishing from a fresh clone", () => {
  it("succeeds for each edit of the live text, and for several at once", async () => {
    edit("One.")
    expect(await publishClone()).toMatchObject(through)
    edit("Two.")
    expect(await publishClone()).toMatchObject(through)
    edit("Three.")
    edit("Four.")
    expect(await publishClone()).toMatchObject(through)
    expect(await publishClone()).toMatchObject({ published: 0, unchanged: 1 })
  })

  it("succeeds for each edit of an editor's note, and conflicts with another editor's", async () => {
    const note = "../../digest/2026-11-23.md"
    commit({ [note]: "Good morning.\n" })
    expect(await publishClone()).toMatchObject(through)
    commit({ [note]: "---\ntitle: Rivers\n---\nGood morning.\n" })
    expect(await publishClone()).toMatchObject(through)
    const head = desk.articles.get("/digest/2026-11-23")
    if (head === undefined) throw new Error("the note was not published")
    desk.history.set("/digest/2026-11-23", [head])
    desk.articles.set("/digest/2026-11-23", { ...head, revision: 3, digest: "hers", source: "hers", who: "Ada" })
    commit({ [note]: "Good evening.\n" })
    expect(await publishClone()).toMatchObject(refused)
  })

  it("succeeds for a revert, unless the reverted text was published again before the live one", async () => {
    for (const words of ["One.", "Two.", "One."]) {
      edit(words)
      expect(await publishClone()).toMatchObject(through)
    }
    rollBack(2)
    expect(await publishClone()).toMatchObject(refused)
  })

  it("succeeds although the folder that was published first is committed whole", async () => {
    edit("One.")
    const output = { warn: () => undefined, progress: () => undefined }
    await publishFolder({ content: join(folder, "content"), url: desk.url, key: "test-key-of-desk", output })
    edit("Two.")
    expect(await publishClone()).toMatchObject(through)
    edit("Three.")
    expect(await publishClone()).toMatchObject(through)
  })

  it("conflicts with another editor's text and with a rollback", async () => {
    edit("One.")
    await publishClone()
    edit("Two.")
    await publishClone()
    rollBack(1)
    edit("Three.")
    expect(await publishClone()).toMatchObject(refused)
    edit("One.")
    edit("Four.")
    expect(await publishClone()).toMatchObject(through)
    overwrite("Hers.")
    edit("Five.")
    expect(await publishClone()).toMatchObject(refused)
    git("commit", "--quiet", "--allow-empty", "--message=nothing")
    expect(await publishClone()).toMatchObject(refused)
  })

  it("skips a file that is unchanged since the site was edited elsewhere, and names who did", async () => {
    edit("One.")
    await publishClone()
    edit("Two.")
    await publishClone()
    overwrite("Hers.")
    const skipped = { published: 0, conflicts: 0, unchanged: 1 }
    const said = [
      expect.stringMatching(
        /^Skipped \/asia\/nepal\/a: your Git history does not include revision 3, which Ada published on /,
      ),
    ]
    expect(await publishClone()).toEqual({ ...skipped, lines: said })
    commit({ "b.md": compose("Other.") })
    expect(await publishClone()).toMatchObject(through)
    // Whatever changes the file is an edit, and so a conflict; what puts it back is none.
    edit("One.")
    expect(await publishClone()).toMatchObject(refused)
    edit("Three.")
    expect(await publishClone()).toMatchObject(refused)
    edit("Two.")
    expect(await publishClone()).toMatchObject({ ...skipped, unchanged: 2 })
    // Without older commits, nobody knows whether the file has changed.
    expect(await publishClone("--depth=1")).toMatchObject({
      ...refused,
      lines: [expect.stringContaining("--unshallow")],
    })
    // A rollback on the site brings back a text of Git's, which somebody chose over the file's.
    rollBack(1)
    expect(await publishClone()).toMatchObject(refused)
  })

  it("conflicts with an unpublished article", async () => {
    edit("One.")
    await publishClone()
    const head = desk.articles.get(path)
    if (head !== undefined) desk.articles.set(path, { ...head, revision: 2, status: "gone" })
    edit("Two.")
    expect(await publishClone()).toMatchObject(refused)
  })

  it("finds the live text on a merged branch", async () => {
    edit("One.")
    await publishClone()
    git("checkout", "--quiet", "-b", "side")
    commit({ "b.md": compose("Other.") })
    edit("Two of side.")
    git("checkout", "--quiet", "main")
    edit("Two of main.")
    await publishClone()
    git("merge", "--quiet", "--strategy=ours", "--no-edit", "side")
    edit("Three of both.")
    expect(await publishClone()).toMatchObject({ conflicts: 0 })
  })

  it("finds the live text on a branch whose text a merge dropped", async () => {
    edit("One.")
    await publishClone()
    git("checkout", "--quiet", "-b", "side")
    edit("Two of side.")
    git("checkout", "--quiet", "main")
    edit("Two of main.")
    await publishClone()
    git("merge", "--quiet", "--strategy-option=theirs", "--no-edit", "side")
    expect(await publishClone()).toMatchObject(through)
    overwrite("Hers.")
    edit("Three.")
    expect(await publishClone()).toMatchObject(refused)
  })

  it("treats a text with other line endings as the same, as Git on Windows checks it out", async () => {
    const windows = "--config=core.autocrlf=true"
    edit("One.")
    expect(await publishClone(windows)).toMatchObject(through)
    expect(desk.articles.get(path)?.source).toContain("\r\n")
    expect(await publishClone()).toEqual({ published: 0, conflicts: 0, unchanged: 1, lines: [] })
    edit("Two.")
    expect(await publishClone()).toMatchObject(through)
    expect(await publishClone(windows)).toMatchObject({ published: 0, conflicts: 0, unchanged: 1 })
    edit("Three.")
    expect(await publishClone(windows)).toMatchObject(through)
    overwrite("Hers.")
    expect(await publishClone()).toMatchObject({ published: 0, conflicts: 0, unchanged: 1 })
    edit("Four.")
    expect(await publishClone(windows)).toMatchObject(refused)
  })

  it("succeeds in a hook of a linked worktree, where Git sets GIT_DIR", async () => {
    edit("One.")
    await publishClone()
    edit("Two.")
    vi.stubEnv("GIT_DIR", join(folder, ".git"))
    expect(
      await publishFolder({ content: join(folder, "content"), url: desk.url, key: "test-key-of-desk" }),
    ).toMatchObject({ published: [{ path }], conflicts: [] })
  })

  it("counts a changed picture as a change", async () => {
    const other = Buffer.from(dot)
    other[13] = 1
    commit({ "a.md": compose("![A dot](./img/dot.gif)"), "img/dot.gif": dot })
    expect(await publishClone()).toMatchObject(through)
    commit({ "img/dot.gif": other })
    expect(await publishClone()).toMatchObject(through)
    edit("No dot.")
    expect(await publishClone()).toMatchObject(through)
    overwrite("Hers.")
    commit({ "a.md": compose("![A dot](./img/dot.gif)") })
    expect(await publishClone()).toMatchObject(refused)
  })

  it("finds a picture by the names by which the folder finds it: percent-encoded, in any Unicode form", async () => {
    const shown = "![A dot](caf\u00e9.gif)\n\n![A dot](my%20dot.gif)"
    commit({ "a.md": compose(`One. ${shown}`), "cafe\u0301.gif": dot, "my dot.gif": dot })
    expect(await publishClone()).toMatchObject(through)
    edit(`Two. ${shown}`)
    expect(await publishClone()).toMatchObject(through)
  })

  it("follows an article that was moved on the site and in Git", async () => {
    edit("One.")
    await publishClone()
    const { status = "", ...head } = desk.articles.get(path) ?? {}
    const kept = { revision: 1, digest: "", source: "", who: "admin", ...head }
    desk.history.set("/asia/nepal/b", [{ ...kept, status }])
    desk.articles.delete(path)
    desk.articles.set("/asia/nepal/b", {
      ...kept,
      status,
      revision: 2,
      action: "move",
      message: `${path} → /asia/nepal/b`,
    })
    git("mv", "content/asia/nepal/a.md", "content/asia/nepal/b.md")
    commit({ "b.md": compose("Two.") })
    expect(await publishClone()).toMatchObject(through)
  })

  it("says how to fetch the commits that a shallow clone lacks", async () => {
    edit("One.")
    await publishClone()
    edit("Two.")
    const { conflicts, lines } = await publishClone("--depth=1")
    expect(conflicts).toBe(1)
    expect(lines).toEqual([expect.stringContaining("`git fetch --unshallow`")])
  })

  it("never undoes a rollback of a text that a shallow clone lacks", async () => {
    edit("One.")
    await publishClone()
    git("checkout", "--quiet", "-b", "side")
    edit("Two of side.")
    await publishClone()
    rollBack(1)
    edit("Three of side.")
    git("checkout", "--quiet", "main")
    commit({ "b.md": compose("Other.") })
    git("merge", "--quiet", "--no-edit", "side")
    for (const depth of [[], ["--depth=2"], ["--depth=3"]])
      expect(await publishClone(...depth)).toMatchObject({ conflicts: 1 })
  })

  it("succeeds from a shallow clone that has the live text, if no rollback followed it", async () => {
    edit("One.")
    await publishClone()
    git("checkout", "--quiet", "-b", "side")
    commit({ "b.md": compose("Other.") })
    git("checkout", "--quiet", "main")
    edit("Two.")
    await publishClone()
    git("merge", "--quiet", "--no-edit", "side")
    edit("Three.")
    expect(await publishClone("--depth=3")).toMatchObject({ conflicts: 0 })
    expect(desk.articles.get(path)?.source).toBe(compose("Three."))
  })

  it("conflicts in a partial clone that cannot fetch older texts, and says how to fetch them", async () => {
    git("config", "uploadpack.allowFilter", "true")
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    for (const words of ["One.", "Two.", "Three."]) {
      edit(words)
      if (words !== "Three.") await publishClone()
    }
    rollBack(1)
    const clone = join(dirname(folder), "partial")
    git("clone", "--quiet", "--filter=blob:none", `file://${folder}`, clone)
    // The first text, which is live again, is in the clone. The second is not.
    git("-C", clone, "cat-file", "-p", "HEAD~2:content/asia/nepal/a.md")
    renameSync(folder, `${folder}-offline`)
    const { conflicts, lines } = await publishAndDelete(clone)
    renameSync(`${folder}-offline`, folder)
    expect([conflicts, lines]).toEqual([1, [expect.stringContaining("`git fetch --refetch --no-filter`")]])
  })

  it("treats an SVG with other line endings as the same", async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">\n<title>É</title>\n</svg>\n'
    commit({ "a.md": compose("One. ![A map](map.svg)"), "map.svg": svg })
    await publishClone()
    edit("Two. ![A map](map.svg)")
    expect(await publishClone("--config=core.autocrlf=true")).toMatchObject(through)
  })

  it.each(["GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"])("ignores %s, which names another repository", async (name) => {
    edit("One.")
    await publishClone()
    edit("Two.")
    git("init", "--quiet", "../other")
    vi.stubEnv(name, join(dirname(folder), "other/.git"))
    const content = join(folder, "content")
    const outcome = await publishFolder({ content, url: desk.url, key: "test-key-of-desk" })
    expect(outcome).toMatchObject({ published: [{ path }], conflicts: [] })
  })
})

describe("the reason why Git has no complete history", () => {
  it("is given in its own words, unless there is no repository", () => {
    expect(explainHistory(folder)).toBe(null)
    expect(explainHistory(dirname(folder))).toBe(null)
    writeFileSync(join(folder, ".git/config"), "[core")
    expect(explainHistory(folder)).toMatch(/^Git cannot read the history of this folder.*: bad config line \d in file/)
  })
})

type Step = { kind: "commit" | "revert" | "branch" | "merge" | "publish" | "other" | "rollback"; pick: number }

/** A newsroom with one article: its Git history, and the site's revisions with the commit that each came from. */
class Newsroom {
  readonly commits: { parents: number[]; text: string }[] = [{ parents: [], text: "t0" }]
  readonly revisions: { revision: number; digest: string; action: string; message: string; from: number }[] = []
  tips = [0]
  linear = true
  #texts = 0

  #ancestors(commit: number, found = new Set<number>()): Set<number> {
    if (found.has(commit)) return found
    found.add(commit)
    for (const parent of this.commits[commit]?.parents ?? []) this.#ancestors(parent, found)
    return found
  }

  #commit(parents: number[], text: string): void {
    this.commits.push({ parents, text })
    this.tips = [this.commits.length - 1, ...this.tips.filter((tip) => !parents.includes(tip))]
  }

  #revise(digest: string, action: string, from: number): void {
    this.revisions.unshift({ revision: this.revisions.length + 1, digest, action, message: "", from })
  }

  async step({ kind, pick }: Step): Promise<void> {
    const [tip = 0, other] = this.tips
    const fresh = () => `t${++this.#texts}`
    if (kind === "commit") this.#commit([tip], fresh())
    if (kind === "revert") this.#commit([tip], this.commits[pick % this.commits.length]?.text ?? "")
    if (kind === "branch") {
      this.linear = false
      const from = pick % this.commits.length
      this.commits.push({ parents: [from], text: fresh() })
      this.tips.push(this.commits.length - 1)
    }
    if (kind === "merge" && other !== undefined) this.#commit([tip, other], fresh())
    if (kind === "other") this.#revise(fresh(), "publish", -1)
    if (kind === "rollback" && this.revisions.length > 1)
      this.#revise(this.revisions[pick % this.revisions.length]?.digest ?? "", "rollback", -1)
    if (kind === "publish") await this.#publish(tip)
  }

  async #publish(tip: number): Promise<void> {
    const text = this.commits[tip]?.text ?? ""
    const [live] = this.revisions
    if (live === undefined) return this.#revise(text, "publish", tip)
    if (live.digest === text) return
    const known = this.#ancestors(tip)
    // Numbered in the order of creation: children come first.
    const history = [...known]
      .sort((a, b) => b - a)
      .map((one) => [one, ...(this.commits[one]?.parents ?? [])].join(" "))
    const digestAt = async (one: string) => this.commits[Number(one)]?.text
    const base = await findBase(history, this.revisions, digestAt)
    for (let left = 1; left < history.length; left++) {
      // Each is the history of a shallow clone.
      const kept = new Set(history.slice(0, left).map((line) => line.split(" ")[0]))
      const cut = history
        .slice(0, left)
        .map((line) => (line.split(" ").every((one) => kept.has(one)) ? line : line.replace(/ .*/, "")))
      expect([undefined, base]).toContain(await findBase(cut, this.revisions, digestAt, true))
      // And in each, one text of a partial clone is missing.
      const lost = history[left]?.split(" ")[0]
      const readable = async (one: string) => (one === lost ? unreadable : digestAt(one))
      expect([undefined, base]).toContain(await findBase(history, this.revisions, readable))
    }
    const isNewest = (commit: number) =>
      ![...known].some(
        (later) =>
          later !== commit &&
          this.#ancestors(later).has(commit) &&
          this.revisions.some(({ from, digest }) => from === later && digest !== live.digest),
      )
    const holders = [...known].filter((one) => this.commits[one]?.text === live.digest)
    if (base !== undefined) {
      // No lost update: this history contains the live text, and no later commit was on the site and then replaced.
      expect(base).toBe(live.revision)
      expect(holders.some(isNewest)).toBe(true)
      this.#revise(text, "publish", tip)
    } else if (this.linear && live.from !== -1 && known.has(live.from))
      // A fast-forward is refused only if a text reappeared, so that it looks like a rollback.
      expect(new Set(this.revisions.map(({ digest }) => digest)).size).toBeLessThan(this.revisions.length)
  }
}

it("never loses an update and accepts every new edit of the live text, in 200 random histories", async () => {
  const kinds = ["commit", "commit", "publish", "publish", "revert", "branch", "merge", "other", "rollback"] as const
  const step = fc.record({ kind: fc.constantFrom(...kinds), pick: fc.nat(20) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
      const newsroom = new Newsroom()
      for (const one of steps) await newsroom.step(one)
    }),
    { numRuns: 200 },
  )
})
