// `npm run serve`: behind a proxy, through a restart under load, and at its end.
import { spawnSync } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bundleWorker } from "../../src/cli/local/bundle.ts"
import { startWorkerd } from "../../src/cli/local/server.ts"
import { publishFolder } from "../../src/cli/publish-folder.ts"
import { type SentEmail, type SesStandIn, startSes } from "../stand-ins/ses.ts"
import { root, waitFor } from "./running-site.ts"
import { runServe, type ServedSite, sendTo, sesSettings, startServed } from "./served-site.ts"

const origin = "https://news.example"
const river = "/asia/nepal/river"
/** What a proxy in front of the site sends. */
const proxied = { Host: "news.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9" }
const form = { ...proxied, Origin: origin, "Content-Type": "application/x-www-form-urlencoded" }
let ses: SesStandIn
let site: ServedSite

beforeAll(async () => {
  ses = await startSes()
  site = await startServed({ origin, env: sesSettings(ses), flags: ["--trusted-proxy", "127.0.0.1"] })
  const content = join(site.state, "content")
  mkdirSync(join(content, "asia/nepal"), { recursive: true })
  const front = `title: A river\nsummary: It rises.\ndate: ${new Date().toISOString()}`
  writeFileSync(join(content, "asia/nepal/river.md"), `---\n${front}\n---\nText.\n`)
  const { problems } = await publishFolder({ content, url: site.url, key: site.key })
  expect(problems).toEqual([])
})
afterAll(async () => {
  await site?.stop()
  await ses?.stop()
})

const get = (path: string, headers: Record<string, string> = proxied, port = site.port) =>
  sendTo(port, path, headers).answer
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = form, port = site.port) =>
  sendTo(port, path, headers, { method: "POST", body: `${new URLSearchParams(fields)}` }).answer
const emails = async () => (await (await fetch(`${ses.url}/test/emails`)).json()) as SentEmail[]

async function emailTo(address: string): Promise<SentEmail> {
  const find = async () => (await emails()).find(({ to }) => to === address)
  await waitFor(async () => (await find()) !== undefined, `an email to ${address}`)
  return (await find()) as SentEmail
}

describe("behind a proxy", () => {
  it("takes the scheme from the trusted proxy, and redirects what came over http", async () => {
    expect((await get(river)).status).toBe(200)
    const plain = await get(river, { Host: "news.example", "X-Forwarded-Proto": "http" })
    expect([plain.status, plain.headers.location]).toEqual([308, origin + river])
    expect((await get(river)).headers["strict-transport-security"]).toContain("max-age=63072000")
  })

  it("takes the client's address from the trusted proxy: one network cannot use up another's sign-ins", async () => {
    const ask = (number: number, client: string) =>
      post("/sign-in", { email: `reader-${number}@reader.example` }, { ...form, "X-Forwarded-For": client })
    const statuses: number[] = []
    for (let number = 0; number < 21; number++) statuses.push((await ask(number, "198.51.100.1")).status)
    expect(statuses.indexOf(429)).toBe(20)
    // The last address is the proxy's own word; those before it may be the client's.
    expect((await ask(30, "203.0.113.77, 198.51.100.1")).status).toBe(429)
    expect((await ask(31, "203.0.113.77")).status).toBe(303)
  })

  it("ignores the headers of an untrusted proxy", async () => {
    const flags = ["--trusted-proxy", "192.0.2.1"]
    const other = await startServed({ origin, env: sesSettings(ses), flags })
    try {
      const answer = await get("/about", { ...proxied, Forwarded: "proto=https" }, other.port)
      expect([answer.status, answer.headers.location]).toEqual([308, `${origin}/about`])
    } finally {
      await other.stop()
    }
  })

  it("sends sign-in links through Amazon SES", async () => {
    const asked = await post("/newsletter", { email: "reader@example.org" })
    expect(asked.status).toBe(303)
    const email = await emailTo("reader@example.org")
    expect(email.text).toContain(`${origin}/newsletter/confirm?token=`)
    expect(email.headers["Auto-Submitted"]).toBe("auto-generated")
    expect(await (await fetch(`${ses.url}/test/refusals`)).json()).toEqual([])
  })

  it("serves maps with the headers of public/_headers", async () => {
    const map = await get("/maps/npl.svg")
    expect(map).toMatchObject({
      status: 200,
      headers: { "cache-control": "public, max-age=86400, stale-if-error=86400" },
    })
    const { etag = "" } = map.headers
    expect(await get("/maps/npl.svg", { ...proxied, "If-None-Match": etag })).toMatchObject({ status: 304, text: "" })
  })

  it.each([
    "/cdn-cgi/local/scheduled",
    "/cdn-cgi/local/scheduled?cron=*+*+*+*+*",
    "/cdn-cgi/local/explorer",
    "/cdn-cgi/local/platform-proxy",
    "/cdn-cgi/mf/scheduled",
    "/cdn-cgi/handler/scheduled",
  ])("has no %s", async (path) => {
    expect((await get(path)).status).toBe(404)
    expect((await get(path, { ...proxied, "MF-Op": "GET", "MF-Route-Override": "files" })).status).toBe(404)
  })

  it("passes on no header that Miniflare would obey", async () => {
    expect((await get(river, { ...proxied, "MF-CF-Blob": "{" })).status).toBe(200)
  })
})

it("lets nobody but the parent use workerd's port", async () => {
  const state = join(site.state, "closed")
  mkdirSync(state)
  const closed = await startWorkerd({ bundle: await bundleWorker(root), state, port: 0, pass: "x" })
  try {
    for (const headers of [{}, { "dateline-pass": "y" }, { "dateline-pass": "?" }] as Record<string, string>[])
      expect((await get("http://localhost/", headers, closed.port)).status).toBe(403)
    expect((await get("http://localhost/healthz", { "dateline-pass": "x" }, closed.port)).status).toBe(200)
  } finally {
    await closed.stop()
  }
})

describe("a restart", () => {
  const countRestarts = () => site.printed().match(/^Restarted\./gm)?.length ?? 0
  const restart = async () => {
    const before = countRestarts()
    site.child.kill("SIGHUP")
    await waitFor(() => countRestarts() > before, "the restart")
  }

  it("under 200 requests a second fails none, finishes those in progress, and holds none for 2 s", async () => {
    const failures: unknown[] = []
    let answered = 0
    let longest = 0
    const ask = async () => {
      const since = performance.now()
      try {
        const { status } = await get(river)
        if (status !== 200) failures.push(status)
      } catch (error) {
        failures.push(error)
      }
      answered++
      longest = Math.max(longest, performance.now() - since)
    }
    let sent = 0
    const begin = performance.now()
    // As many as are due, however late the timer is.
    const load = setInterval(() => {
      for (const due = (performance.now() - begin) / 5; sent < due; sent++) void ask()
    }, 5)
    try {
      await waitFor(() => answered > 200, "200 requests")
      // A form that arrives slowly. Meanwhile the old process serves everybody.
      const body = `${new URLSearchParams({ email: "slow@reader.example" })}`
      const slow = sendTo(site.port, "/newsletter", { ...form, "Content-Length": `${body.length}` }, { method: "POST" })
      slow.stream.write(body.slice(0, 5))
      const before = countRestarts()
      site.child.kill("SIGHUP")
      const begun = answered
      await waitFor(() => answered > begun + 1_000, "1,000 requests more")
      expect(countRestarts()).toBe(before)
      slow.stream.end(body.slice(5))
      expect((await slow.answer).status).toBe(303)
      await waitFor(() => countRestarts() > before, "the restart")
      const after = answered
      await waitFor(() => answered > after + 200, "200 requests at the new process")
    } finally {
      clearInterval(load)
    }
    await waitFor(() => answered === sent, "the last requests")
    expect(failures).toEqual([])
    const waited = Number(/^Restarted\. Requests waited for at most (\d+) ms/m.exec(site.printed())?.[1])
    console.info(
      `A restart under load: requests were held for ${waited} ms; the slowest took ${Math.round(longest)} ms`,
    )
    expect(waited).toBeLessThan(2_000)
    // The email that the slow form asked for was not lost.
    await emailTo("slow@reader.example")
  })

  it("runs the cron and the queue of the new process", async () => {
    const { text } = await emailTo("reader@example.org")
    const token = new URL(/https:\S+confirm\?\S+/.exec(text)?.[0] ?? "").searchParams.get("token") ?? ""
    expect((await post("/newsletter/confirm", { token })).status).toBe(303)
    await restart()
    const edition = async () => (await emails()).find(({ text: sent }) => sent.includes("A river"))
    await waitFor(async () => (await edition()) !== undefined, "the edition")
    expect((await edition())?.to).toBe("reader@example.org")
  })

  it("that fails leaves the old process in service, and says why", async () => {
    const file = join(site.state, "secrets.env")
    // The environment comes first, so only what it does not have can break.
    rmSync(file, { force: true })
    mkdirSync(file)
    site.child.kill("SIGHUP")
    await waitFor(() => site.printed().includes("The site keeps running as before"), "the refusal")
    expect(site.printed()).toContain("secrets.env")
    expect((await get(river)).status).toBe(200)
    rmSync(file, { recursive: true })
  })

  it("takes empty settings for none, so the keys in the state folder stay valid", async () => {
    const file = join(site.state, "secrets.env")
    writeFileSync(file, "DESK_KEY=\nSESSION_KEYS=\n")
    await restart()
    expect((await get(river)).status).toBe(200)
    rmSync(file)
    await restart()
    expect((await get(river)).status).toBe(200)
  })
})

describe("the end", () => {
  const isRunning = (pid: number) => existsSync(`/proc/${pid}`)
  const workerdOf = ({ state }: ServedSite): number[] =>
    JSON.parse(readFileSync(join(state, "start.lock"), "utf8")).workerd

  it("on SIGTERM finishes requests in progress, refuses new connections, and leaves no process", async () => {
    const other = await startServed({ env: sesSettings(ses) })
    const pids = workerdOf(other)
    expect(pids.length).toBeGreaterThan(1)
    const body = "email=last%40reader.example"
    const fields = { Origin: other.url, "Content-Type": form["Content-Type"], "Content-Length": `${body.length}` }
    const slow = sendTo(other.port, "/newsletter", fields, { method: "POST" })
    slow.stream.write(body.slice(0, 5))
    expect((await get("/healthz", {}, other.port)).status).toBe(200)
    const ended = once(other.child, "exit")
    other.child.kill("SIGTERM")
    await waitFor(
      () =>
        get("/healthz", {}, other.port).then(
          () => false,
          () => true,
        ),
      "the socket to close",
    )
    slow.stream.end(body.slice(5))
    expect((await slow.answer).status).toBe(303)
    expect((await ended)[0]).toBe(0)
    expect(pids.filter(isRunning)).toEqual([])
    await emailTo("last@reader.example")
    await other.stop()
  })

  it("of the parent by SIGKILL ends the site too", async () => {
    const other = await startServed({ env: sesSettings(ses) })
    const pids = workerdOf(other)
    other.child.kill("SIGKILL")
    await waitFor(() => !pids.some(isRunning), "every process to end")
    await other.stop()
  })

  it("of the site's process ends the parent, with exit code 1", async () => {
    const other = await startServed({ env: sesSettings(ses) })
    const ended = new Promise((resolve) => other.child.once("exit", resolve))
    for (const pid of workerdOf(other))
      try {
        process.kill(pid, "SIGKILL")
      } catch {
        // The first takes the others with it.
      }
    expect(await ended).toBe(1)
    await other.stop()
  })
})

describe("without what it needs", () => {
  const bare = { ...process.env, SES_REGION: "", SES_ACCESS_KEY_ID: "", SES_SECRET_ACCESS_KEY: "" }
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, "src/cli/local/serve.ts"), ...args], { encoding: "utf8", env: bare })

  it("does not start: no settings for email", async () => {
    const { state, printed, ended } = await runServe({ env: { ...sesSettings(ses), SES_REGION: "" } })
    expect((await ended)[0]).toBe(2)
    expect(printed()).toContain(`Set SES_REGION in the environment or in ${join(state, "secrets.env")}`)
    rmSync(state, { recursive: true })
  })

  it("does not start: an https origin and no proxy", async () => {
    const { state, printed, ended } = await runServe({ origin, env: sesSettings(ses) })
    expect((await ended)[0]).toBe(2)
    expect(printed()).toContain("--trusted-proxy")
    rmSync(state, { recursive: true })
  })

  it.each([
    ["ORIGIN", "news.example", "ORIGIN must be only scheme and host, such as https://news.example, not news.example"],
    ["ORIGIN", "https://news.example/", "ORIGIN must be only scheme and host"],
    ["DESK_KEY", "short", "DESK_KEY is not valid: it is too short"],
    ["SESSION_KEYS", "a".repeat(31), "SESSION_KEYS is not valid: it has fewer than 32 characters"],
  ])("does not start: %s is %j", async (name, value, message) => {
    const { state, printed, ended } = await runServe({ env: { ...sesSettings(ses), [name]: value } })
    expect((await ended)[0]).toBe(2)
    expect(printed()).toContain(message)
    rmSync(state, { recursive: true })
  })

  it.each([
    [["--port", "x"], "--port must be a number"],
    [["--trusted-proxy", "somewhere"], "must be an IP address or a network"],
    [["--nonsense"], "--nonsense"],
  ])("refuses %j", (args, message) => {
    const { status, stderr } = run(...args)
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  it("refuses a folder that is in use, and a port", () => {
    const folder = run("--state", site.state, "--port", "1")
    expect([folder.status, folder.stderr]).toEqual([2, expect.stringContaining("is in use by process")])
    const state = join(site.state, "another")
    const port = run("--state", state, "--port", `${site.port}`)
    expect([port.status, port.stderr]).toEqual([2, expect.stringContaining("EADDRINUSE")])
  })
})
