// E: with an editor's key, tests the design on the running site: a scratch article is published, changed and
// unpublished, and each change must reach visitors and members in time. The article has no date and expires in 15
// minutes, so it comes last in lists and is in no newsletter, even if this run is killed.
import { spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { type Answer, openSite } from "./ask.ts"
import { field, type Row, type Site } from "./check.ts"

const root = resolve(import.meta.dirname, "..")
/** How late a change may be visible, in milliseconds after the desk's receipt. */
const bound = 15_000

/** Publishes, changes and unpublishes a scratch article. `key`: the editor's, passed on by the environment only. */
export async function proveEdge(site: Site, key: string): Promise<Row[]> {
  const { ask } = openSite(site.origin)
  const word = randomBytes(6).toString("hex")
  const path = `${site.listing === "/" ? "" : site.listing}/probe-${word}`
  const content = mkdtempSync(join(tmpdir(), "dateline-probe-"))
  const file = join(content, `${path.slice(1)}.md`)
  mkdirSync(dirname(file), { recursive: true })
  const rows: Row[] = []
  const record = (id: string, ok: boolean, expected: string, got: string) =>
    rows.push({ id, level: "MUST", result: ok ? "PASS" : "FAIL", url: path, expected, got })
  const dateline = (...args: string[]) => {
    const all = [join(root, "src/cli/main.ts"), ...args, "--url", site.origin, "--content", content]
    const { status, stderr } = spawnSync(process.execPath, all, {
      encoding: "utf8",
      env: { ...process.env, DATELINE_KEY: key },
    })
    if (status !== 0) throw new Error(`dateline ${args[0]} exited with ${status}: ${stderr.trim()}`)
  }
  const publish = (version: number) => {
    writeFileSync(file, compose(word, version))
    dateline("publish", "--no-cards", "--message", "A scratch article of the probe")
  }
  const asVisitor = () => ask(path)
  const asMember = () => ask(path, { headers: { Cookie: site.cookie ?? "" } })
  /** Asks until the answer is right. @returns milliseconds, or null if it took too long */
  const wait = async (askFor: () => Promise<Answer>, right: (answer: Answer) => boolean) => {
    const began = performance.now()
    while (performance.now() - began <= bound) {
      if (right(await askFor())) return Math.round(performance.now() - began)
      await pause(500)
    }
    return null
  }
  const within = (id: string, expected: string, ms: number | null) =>
    record(id, ms !== null, `${expected} within 15 s of the receipt`, ms === null ? "not within 15 s" : `${ms} ms`)
  try {
    publish(1)
    within("E01", "a new article is visible", await wait(asVisitor, ({ text }) => text.includes(`open ${word} 1`)))
    rows.push(...(await compareAudiences(asVisitor, path, "E02")))
    if (site.cookie !== null) {
      within(
        "E03",
        "members get the whole text",
        await wait(asMember, ({ text }) => text.includes(`members ${word} 1`)),
      )
      rows.push(...(await compareAudiences(asMember, path, "E04")))
    }
    publish(2)
    within(
      "E05",
      "a change is visible to visitors",
      await wait(asVisitor, ({ text }) => text.includes(`open ${word} 2`)),
    )
    if (site.cookie !== null)
      within(
        "E06",
        "a change is visible to members",
        await wait(asMember, ({ text }) => text.includes(`members ${word} 2`)),
      )
    const { text, rawHeaders } = await asVisitor()
    const leaked = text.includes(`members ${word}`) || rawHeaders.some((value) => value.includes(`members ${word}`))
    record("E07", !leaked, "visitors get no text for members", leaked ? "they do" : "")
  } catch (error) {
    record("E00", false, "the scratch article is published", error instanceof Error ? error.message : String(error))
  } finally {
    try {
      dateline("unpublish", path, "--reason", "The probe has ended")
      within("E08", "an unpublished article is gone (410)", await wait(asVisitor, ({ status }) => status === 410))
    } catch (error) {
      record("E08", false, "the scratch article is unpublished", error instanceof Error ? error.message : String(error))
    }
    rmSync(content, { recursive: true, force: true })
  }
  return rows
}

/** The times of misses and hits for one audience, by what Cache-Status says. */
async function compareAudiences(ask: () => Promise<Answer>, url: string, id: string): Promise<Row[]> {
  const times = new Map<string, number[]>()
  for (let turn = 0; turn < 12; turn++) {
    const answer = await ask()
    const state = /hit/.test(`${field(answer, "cache-status")} ${field(answer, "cf-cache-status")}`.toLowerCase())
      ? "hit"
      : "miss"
    times.set(state, [...(times.get(state) ?? []), answer.ms])
  }
  const median = (values: readonly number[]) => Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0)
  const got = [...times].map(([state, values]) => `${values.length} ${state} of ${median(values)} ms`).join(", ")
  return [
    { id, level: "MUST", result: times.has("hit") ? "PASS" : "FAIL", url, expected: "repeated requests are hits", got },
  ]
}

function compose(word: string, version: number): string {
  const expires = new Date(Date.now() + 15 * 60_000).toISOString()
  return `---
title: A scratch article of the probe
summary: It is unpublished at once.
date: unknown
expires: ${expires}
---
This is open ${word} ${version} text.

<!-- members-only -->

This is members ${word} ${version} text.
`
}
