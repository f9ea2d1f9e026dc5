import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import sharp from "sharp"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { connectBrowser } from "../browser/connect-browser.ts"
import { askRaw, findPort, hangUp, type RunningSite, root, runDateline, startSite, waitFor } from "./running-site.ts"

const summit = "/asia/tajikistan/security-summit-dushanbe"
let site: RunningSite

beforeAll(async () => {
  site = await startSite({ copy: true, watch: true, cards: true })
})
afterAll(() => site?.stop())

async function text(path: string): Promise<string> {
  return (await fetch(site.url + path)).text()
}

describe("the starter publication", () => {
  it("serves the complete summit page", async () => {
    const page = await text(summit)
    for (const part of [
      "<h1",
      "/maps/tjk.svg",
      "Natural Earth",
      'href="/asia/tajikistan"',
      "shop.un.org/rights-permissions",
    ])
      expect(page).toContain(part)
    for (const path of ["/", "/asia", "/asia/tajikistan"]) expect((await fetch(site.url + path)).status).toBe(200)
  })

  it("has no dead links", { timeout: 60_000 }, async () => {
    const seen = new Set<string>()
    const read = async (path: string): Promise<string[]> => {
      const response = await fetch(site.url + path, { redirect: "manual" })
      expect([path, response.status]).toEqual([path, 200])
      const page = await response.text()
      if (!response.headers.get("Content-Type")?.startsWith("text/html")) return []
      return [...page.matchAll(/(?:href|src)="(\/[^"#]*)/g)].map(([, found = ""]) => found.replaceAll("&amp;", "&"))
    }
    let queue = ["/", "/fr", "/ar"]
    while (queue.length > 0) {
      const batch = queue.splice(0, 8)
      for (const path of batch) seen.add(path)
      const found = await Promise.all(batch.map(read))
      queue = [...new Set([...queue, ...found.flat()])].filter((path) => !seen.has(path))
    }
    expect(seen.size).toBeGreaterThan(60)
  })

  it("never shows articles under embargo or members' text to the public", async () => {
    const paths = [
      "/pacific",
      "/feed.xml",
      "/feed.json",
      "/sitemap.xml",
      "/europe/ukraine/power-in-winter",
      "/europe/ukraine/power-in-winter.md",
      "/search?q=engines",
      "/europe/ukraine",
    ]
    expect((await fetch(`${site.url}/pacific/tuvalu/a-state-without-land`)).status).toBe(404)
    for (const path of paths) {
      const answer = await text(path)
      expect(answer).not.toContain("a-state-without-land")
      expect(answer).not.toContain("gas engines of five megawatts")
      expect(answer).not.toContain("Energy Community in Vienna")
    }
  })
})

describe("maps and the icon", () => {
  const map = "/maps/tjk.svg"
  const ask = (path: string, init: RequestInit = {}) => fetch(site.url + path, { redirect: "manual", ...init })

  it("come with the headers of public/_headers, without the Worker", async () => {
    const response = await ask(map)
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("Map of Tajikistan")])
    const { headers } = response
    expect(headers.get("Content-Type")).toMatch(/^image\/svg\+xml/)
    expect(headers.get("Cache-Control")).toBe("public, max-age=86400, stale-if-error=86400")
    expect(headers.get("Content-Security-Policy")).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox")
    expect(headers.get("Cache-Status")).toBeNull()
    const icon = await ask("/favicon.ico")
    expect(icon.headers.get("Content-Type")).toMatch(/^image\/(?:x-icon|vnd\.microsoft\.icon)$/)
    expect([...(await icon.bytes())].slice(0, 4)).toEqual([0, 0, 1, 0])
  })

  it("validate, answer HEAD, and refuse other methods", async () => {
    const etag = (await ask(map)).headers.get("ETag") ?? ""
    const same = await ask(map, { headers: { "If-None-Match": etag } })
    expect([same.status, same.headers.get("ETag"), await same.text()]).toEqual([304, etag, ""])
    expect(same.headers.get("Cache-Control")).toBe("public, max-age=86400, stale-if-error=86400")
    const head = await ask(map, { method: "HEAD" })
    expect([head.status, head.headers.get("ETag"), await head.text()]).toEqual([200, etag, ""])
    const posted = await ask(map, { method: "POST", body: "x" })
    expect([posted.status, posted.headers.get("Allow")]).toEqual([405, "GET, HEAD"])
  })

  it("that do not exist get the site's own 404, and other spellings a redirect", async () => {
    const missing = await ask("/maps/zzz.svg")
    expect([missing.status, missing.headers.get("Cache-Control")]).toEqual([404, "public, max-age=30"])
    expect(missing.headers.get("X-Robots-Tag")).toBe("noindex")
    expect(await missing.text()).toContain('action="/search"')
    for (const path of ["/maps/TJK.svg", "/maps//tjk.svg", "/maps/tjk.svg/"]) {
      const response = await ask(path)
      expect([path, response.status, response.headers.get("Location")]).toEqual([path, 308, site.url + map])
    }
    for (const path of ["/_headers", "/maps", "/maps/_headers"]) expect((await ask(path)).status).toBe(404)
  })
})

describe("social cards", () => {
  const cardOf = async (path: string) => /property="og:image" content="([^"]+\.jpg)"/.exec(await text(path))?.[1]

  it.each([summit, `/ar${summit}`])("%s gets one soon after the site is ready, in the stated size", async (path) => {
    await waitFor(async () => (await cardOf(path)) !== undefined, "the card to be drawn")
    const page = await text(path)
    for (const part of ['og:image:width" content="1200"', 'og:image:height" content="630"', 'og:image:alt" content="'])
      expect(page).toContain(part)
    const card = await fetch((await cardOf(path)) ?? "")
    expect(card.headers.get("Content-Type")).toBe("image/jpeg")
    const size = { format: "jpeg", width: 1200, height: 630 }
    expect(await sharp(await card.arrayBuffer()).metadata()).toMatchObject(size)
  })
})

describe("a social card", () => {
  const path = "/asia/nepal/of-a-card"
  const cardOf = async (at: string) => /property="og:image" content="([^"]+\.jpg)"/.exec(await text(at))?.[1]

  it("matches the title after a rollback, and follows a move", { timeout: 60_000 }, async () => {
    const folder = `${site.content}-cards`
    mkdirSync(join(folder, "asia/nepal"), { recursive: true })
    const publish = (title: string) => {
      writeFileSync(
        join(folder, `${path}.md`),
        `---\ntitle: ${title}\nsummary: Of a card.\ndate: 2024-01-01\n---\nText.\n`,
      )
      expect(runDateline(site, ["publish"], folder)).toMatchObject({ code: 0 })
    }
    publish("One title")
    const first = await cardOf(path)
    publish("Another title")
    expect(first).toBeDefined()
    expect(await cardOf(path)).not.toBe(first)
    expect(runDateline(site, ["rollback", path], folder)).toMatchObject({ code: 0, err: "" })
    expect(await cardOf(path)).toBe(first)
    expect(runDateline(site, ["move", path, `${path}-moved`], folder)).toMatchObject({ code: 0, err: "" })
    expect(await cardOf(`${path}-moved`)).toBe(first)
    expect(runDateline(site, ["move", path, "/asia/bhutan/of-a-card"], folder).code).not.toBe(0)
  })
})

it("a site that is stopped while it draws cards says nothing more", async () => {
  const { stop, printed } = await startSite({ copy: true, watch: false, cards: true })
  const before = printed()
  await stop()
  expect(printed()).toBe(before)
})

it("a site whose output nobody reads any more stops without an error", async () => {
  const state = `${site.state}-unread`
  const args = ["--port", `${await findPort()}`, "--state", state, "--empty", "--no-watch"]
  const child = spawn(process.execPath, [join(root, "src/cli/local/start.ts"), ...args], { cwd: root })
  child.stdout.destroy()
  let said = ""
  child.stderr.on("data", (text) => (said += text))
  expect([await once(child, "close"), said]).toEqual([[0, null], ""])
  expect(existsSync(join(state, "start.lock"))).toBe(false)
})

describe("saving a file", () => {
  const file = () => join(site.content, "asia/tajikistan/security-summit-dushanbe.md")

  it("an edit is live without a restart", async () => {
    writeFileSync(file(), readFileSync(file(), "utf8").replace("Leaders of six states", "The heads of six states"))
    await waitFor(async () => (await text(summit)).includes("The heads of six states"), "the edit to be live")
  })

  it("reports broken front matter with line and fix, in open pages too, and keeps the page online", async () => {
    const good = readFileSync(file(), "utf8")
    const browser = await connectBrowser()
    try {
      const page = await browser.newPage()
      await page.goto(site.url + summit)
      writeFileSync(file(), good.replace(/^summary:/m, "sumary:"))
      await waitFor(() => site.printed().includes("security-summit-dushanbe.md:3:"), "the mistake to be printed")
      expect(site.printed()).toMatch(/did you mean `?summary/)
      const shown = page.getByRole("alert")
      await shown.waitFor()
      expect(await shown.textContent()).toMatch(/security-summit-dushanbe.md:3:.*did you mean `?summary/)
      await page.goto(`${site.url}/asia`)
      await shown.waitFor()
      expect((await fetch(site.url + summit)).status).toBe(200)
      writeFileSync(file(), good)
      await shown.waitFor({ state: "detached" })
    } finally {
      await browser.close()
    }
  })
})

describe("a request over a raw socket", () => {
  const ask = (target: string, host = "localhost", more = "") =>
    askRaw(site.port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`)

  it.each([
    [`${summit}/`, 308],
    [`/${summit}`, 308],
    ["/ASIA/Tajikistan/security-summit-dushanbe", 308],
    ["/%61sia/tajikistan/security-summit-dushanbe", 308],
    ["/asia/x/%2e%2e/tajikistan/security-summit-dushanbe", 308],
    [`${summit}%2f`, 404],
    [`${summit}.css`, 404],
    [`${summit};x`, 404],
    [`${summit}%00`, 404],
    ["/__proto__", 404],
    ["/asia/tajikistan/toString", 404],
    [`/${"a".repeat(4000)}`, 404],
    ["*", 404],
  ])("for %s gets %i", async (target, status) => {
    const answer = await ask(target)
    expect(answer.split(" ")[1]).toBe(String(status))
    const location = /^location: (.*)$/im.exec(answer)?.[1]
    if (status === 308) expect(location).toBe(site.url + summit)
  })

  it("with a malformed host or a 64 KB header causes no failure", async () => {
    expect(Number((await ask(summit, "a b:99999")).split(" ")[1])).toBeLessThan(500)
    expect(Number((await ask(summit, "localhost", `X-Long: ${"a".repeat(65_536)}\r\n`)).split(" ")[1])).toBeLessThan(
      500,
    )
  })

  it("that is aborted while many wait for the stores does not affect the others", {
    timeout: 60_000,
  }, async () => {
    // Every address is different, so that each response needs the catalogue.
    for (let round = 0; round < 10; round++) {
      const answers: Promise<string>[] = []
      for (let reader = 0; reader < 60; reader++) {
        const target = `/asia/tajikistan/nothing-${round}-${reader}`
        if (reader % 3 === 0) hangUp(site.port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
        else answers.push(ask(target))
      }
      for (const answer of await Promise.all(answers)) expect(answer.split("\r\n")[0]).toBe("HTTP/1.1 404 Not Found")
    }
    expect(site.printed()).not.toContain("on behalf of a different request")
  })
})

describe("two editors", () => {
  it("with the same base: one wins, and the other sees who and when", () => {
    const mine = `${site.content}-a`
    const theirs = `${site.content}-b`
    for (const copy of [mine, theirs]) cpSync(site.content, copy, { recursive: true })
    const edit = (folder: string, words: string) => {
      const file = join(folder, "asia/monsoon-early-warning.md")
      writeFileSync(file, `${readFileSync(file, "utf8")}\n${words}\n`)
    }
    edit(mine, "My last words.")
    edit(theirs, "Their last words.")
    expect(runDateline(site, ["publish"], mine).code).toBe(0)
    const second = runDateline(site, ["publish", "--json"], theirs)
    expect(second.code).toBe(3)
    expect(second.err).toMatch(/monsoon-early-warning: admin published revision \d+ on \d{4}-/)
    expect(JSON.parse(second.out).conflicts).toHaveLength(1)
    expect(runDateline(site, ["diff", "/asia/monsoon-early-warning"], theirs).out).toContain("-My last words.")
    for (const copy of [mine, theirs]) rmSync(copy, { recursive: true })
  })
})

it("the README's commands take an article from `new` to its readers, and say what to do next", async () => {
  const folder = `${site.content}-readme`
  const content = join(folder, "content")
  mkdirSync(content, { recursive: true })
  const readme = readFileSync(join(root, "README.md"), "utf8")
  const env = { ...process.env, DATELINE_URL: site.url, DATELINE_KEY: site.key, NO_COLOR: "1" }
  const run = (name: string) => {
    const line = new RegExp(`^npx dateline ${name}\\b.*`, "m").exec(readme)?.[0]
    const npx = `npx() { shift; "${process.execPath}" "${join(root, "src/cli/main.ts")}" "$@"; }`
    const { status, stdout, stderr } = spawnSync("sh", ["-c", `${npx}\n${line}`], {
      cwd: folder,
      encoding: "utf8",
      env,
    })
    return [status, stdout + stderr]
  }
  const path = "/asia/tajikistan/snow-closes-the-anzob-pass"
  const file = join(content, `${path}.md`)
  const edit = (old: string | RegExp, next: string) =>
    writeFileSync(file, readFileSync(file, "utf8").replace(old, next))
  const next = "remove `status: draft`, then run `npx dateline check` and `npx dateline publish`\n"
  expect(run("new")).toEqual([0, expect.stringContaining(`Next: write the summary and the text, ${next}`)])
  expect(run("publish")).toEqual([0, expect.stringContaining(`1 draft: ${path}. Remove \`status: draft\` to publish`)])
  edit("status: draft\n", "")
  expect(run("check")).toEqual([1, expect.stringMatching(/ summary: .+ — say in one sentence what happened/)])
  edit(/^summary: .*/m, "summary: Lorries wait.")
  edit(/$/, "The pass is closed.\n")
  expect(run("check")).toEqual([0, expect.stringContaining("1 article, no mistakes")])
  expect(run("publish")).toEqual([0, expect.stringContaining(`Published ${site.url}${path}, revision 1, live after`)])
  expect(await text(path)).toContain("The pass is closed.")

  edit("closed", "open")
  const told = "The ministry:\r\n\u001b[2Jit is open"
  expect(runDateline(site, ["publish", "--no-cards", "--message", told], content)).toMatchObject({ code: 0 })
  expect(runDateline(site, ["unpublish", path, "--reason", "Not\nso"], content)).toMatchObject({ code: 0 })
  expect(runDateline(site, ["log", path], content).out.replace(/^.*admin/gm, "")).toBe(
    "  Not so\n  The ministry: [2Jit is open\n\n",
  )
  rmSync(folder, { recursive: true })
})

describe("an editor who moves and unpublishes articles", () => {
  const compose = (words: string) => `---\ntitle: Of moves\nsummary: Of moves.\ndate: 2024-01-01\n---\n${words}\n`
  const at = (folder: string, path: string) => join(folder, `${path}.md`)
  const publish = (folder: string) => runDateline(site, ["publish", "--no-cards", "--json"], folder)

  it("can go on editing the file, while another editor gets a conflict", () => {
    const [from, to] = ["/asia/nepal/of-moves", "/asia/nepal/of-moves-now"]
    const [mine, theirs] = [`${site.content}-mover`, `${site.content}-other`]
    mkdirSync(join(mine, "asia/nepal"), { recursive: true })
    writeFileSync(at(mine, from), compose("One."))
    expect(publish(mine).code).toBe(0)
    cpSync(mine, theirs, { recursive: true })
    expect(runDateline(site, ["move", from, to], mine).code).toBe(0)
    for (const folder of [mine, theirs]) {
      writeFileSync(at(folder, from), compose("Edited where it was."))
      const { code, err } = runDateline(site, ["publish", "--dry-run"], folder)
      expect(code).toBe(3)
      expect(err).toMatch(/of-moves: it was moved to \S+\/of-moves-now by admin on \d{4}-/)
      expect(runDateline(site, ["status"], folder).out).toMatch(/^conflict +\/asia\/nepal\/of-moves$/m)
    }
    renameSync(at(mine, from), at(mine, to))
    writeFileSync(at(mine, to), compose("Two."))
    expect(publish(mine).code).toBe(0)
    expect(runDateline(site, ["unpublish", to, "--reason", "wrong"], mine).code).toBe(0)
    writeFileSync(at(mine, to), compose("Three."))
    expect(publish(mine).code).toBe(0)
    writeFileSync(at(theirs, to), compose("Theirs."))
    expect(publish(theirs).code).toBe(3)
    expect(runDateline(site, ["unpublish", to, "--reason", "wrong"], theirs).code).toBe(0)
    expect(publish(theirs).code).toBe(3)
    for (const folder of [mine, theirs]) rmSync(folder, { recursive: true })
  })
})

describe("an unusual text", () => {
  const path = "/asia/nepal/of-odd-texts"
  const front = "---\ntitle: Of odd texts\nsummary: Of odd texts.\ndate: 2024-01-01\n---\n"
  const write = (words: string) => {
    const folder = `${site.content}-odd`
    mkdirSync(join(folder, "asia/nepal"), { recursive: true })
    writeFileSync(join(folder, `${path}.md`), front + words)
    return folder
  }

  it("with Windows line endings is diffed without control characters", () => {
    const folder = write("One.\r\nTwo.\r\n")
    expect(runDateline(site, ["publish", "--no-cards"], folder).code).toBe(0)
    write("One.\r\nThree.\r\n")
    const { out } = runDateline(site, ["diff", path], folder)
    expect(out).toContain("\n One.\n-Two.\n+Three.\n")
    expect(out).toContain("Your file differs from revision 1 in 2 lines\n")
    write("One.\nTwo.\n")
    expect(runDateline(site, ["diff", path], folder).out).toContain(
      "Your file differs from revision 1 in 4 lines, but only in their line endings (CRLF or LF)",
    )
  })

  it("of 800 KB that is six times as long in JSON is published", () => {
    const folder = write(`${"\u0001".repeat(800)}\n\n`.repeat(1000))
    // `check` would report its control characters.
    const err = expect.stringMatching(/^Mistakes in \S+ do not prevent publishing\. .+\n1 of 1 articles\n$/)
    expect(runDateline(site, ["publish", "--no-cards"], folder)).toMatchObject({ code: 0, err })
  })
})

describe("an interrupted publish", () => {
  it("completes when run again, and no list ever links to a 404", { timeout: 120_000 }, async () => {
    const folder = `${site.content}-many`
    mkdirSync(join(folder, "africa/chad"), { recursive: true })
    const write = (index: number, words: string) =>
      writeFileSync(
        join(folder, `africa/chad/story-${index}.md`),
        `---\ntitle: Story ${index}\nsummary: A summary.\ndate: 2026-11-01\n---\n\n${words}\n`,
      )
    const stop = { now: false }
    const dead: string[] = []
    const reader = (async () => {
      while (!stop.now)
        for (const found of (await text("/africa/chad")).matchAll(/href="(\/africa\/chad\/story-\d+)"/g))
          if ((await fetch(site.url + found[1], { method: "HEAD" })).status !== 200) dead.push(found[1] ?? "")
    })()
    for (let round = 0; round < 6; round++) {
      for (let index = 0; index < 150; index++)
        if (round === 0 || index % 5 === round % 5) write(index, `Round ${round}.`)
      const args = [join(root, "src/cli/main.ts"), "publish", "--url", site.url, "--content", folder]
      const child = spawn(process.execPath, args, { env: { ...process.env, DATELINE_KEY: site.key } })
      const ended = new Promise((resolve) => child.once("exit", resolve))
      // Each round is interrupted at a different moment: after a number of bytes of output, or of ticks.
      const cut = setTimeout(() => child.kill("SIGKILL"), 150 + Math.random() * 900)
      await ended
      clearTimeout(cut)
    }
    expect(runDateline(site, ["publish"], folder).code).toBe(0)
    stop.now = true
    await reader
    expect(dead).toEqual([])
    const status = JSON.parse(runDateline(site, ["status", "--json"], folder).out) as {
      articles: { path: string; state: string }[]
    }
    const mine = status.articles.filter(({ path }) => path.startsWith("/africa/chad/story-"))
    expect(mine).toHaveLength(150)
    expect(new Set(mine.map(({ state }) => state))).toEqual(new Set(["same"]))
    expect(existsSync(join(folder, ".dateline"))).toBe(true)
    rmSync(folder, { recursive: true })
  })
})
