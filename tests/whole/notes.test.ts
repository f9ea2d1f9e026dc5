// An editor's note on a running site: every command treats its file as it does an article's.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { runDateline, startSite, waitFor } from "./running-site.ts"

it("a note is created, published by the watch, compared, rolled back and unpublished", {
  timeout: 240_000,
}, async () => {
  const site = await startSite({ copy: false, watch: true })
  const run = (...args: string[]) => {
    const { code, out, err } = runDateline(site, [...args, "--json"])
    return { code, err, value: out === "" ? null : JSON.parse(out) }
  }
  const path = "/digest/2026-11-23"
  const file = join(site.content, `${path}.md`)
  try {
    mkdirSync(join(site.content, "asia"), { recursive: true })
    writeFileSync(
      join(site.content, "asia/rivers.md"),
      "---\ntitle: Rivers\nsummary: High water.\ndate: 2024-01-01\n---\nText.\n",
    )
    expect(run("new", "digest", "2026-11-23")).toMatchObject({ code: 0, value: { path } })
    expect(run("status").value.articles).toContainEqual({ path, state: "draft" })
    writeFileSync(file, "---\nstories: [ /asia/rivers ]\n---\nGood morning.\n")
    await waitFor(() => site.printed().includes(`Published ${site.url}${path}`), "the watch to publish the note")
    writeFileSync(file, "---\nstories: [ /asia/rivers ]\n---\nGood evening.\n")
    await waitFor(() => run("log", path).value.length === 2, "the second text to be published")
    expect(run("check")).toMatchObject({ code: 0, value: { problems: [] } })
    expect(run("list").value.find((one: { path: string }) => one.path === path)).toEqual({
      path,
      url: site.url + path,
      title: expect.stringMatching(/, 23 November 2026$/),
      access: "members",
      status: "live",
      date: "2026-11-23T00:00:00+01:00",
      updated: null,
      language: "en",
      revision: 2,
    })
    expect(run("status").value.articles).toContainEqual({ path, state: "same" })
    expect(run("rollback", path)).toMatchObject({ code: 0, value: { path, revision: 3, file: "restored" } })
    expect(readFileSync(file, "utf8")).toContain("Good morning.")
    expect(run("diff", path)).toMatchObject({ code: 0, value: { revision: 3, lines: [] } })
    expect(run("publish")).toMatchObject({ code: 0, value: { published: [], conflicts: [], problems: [] } })
    expect(run("move", path, "/digest/2026-11-24")).toMatchObject({ code: 2 })
    expect(run("unpublish", path, "--reason", "late")).toMatchObject({ code: 0, value: { path, revision: 4 } })
    expect(run("status").value.articles).toContainEqual({ path, state: "unpublished" })
    expect((await fetch(site.url + path)).status).toBe(404)
  } finally {
    await site.stop()
  }
})
