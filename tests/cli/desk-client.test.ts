// The desk client's errors: servers that hang, disconnect, answer nonsense or are behind a proxy. One sentence, exit code 4.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as v from "valibot"
import { afterEach, expect, it, vi } from "vitest"
import type { CommandSpec } from "../../src/cli/commander.ts"
import { digest } from "../../src/cli/commands/editions.ts"
import { editors } from "../../src/cli/commands/editors.ts"
import { members } from "../../src/cli/commands/members.ts"
import { preview } from "../../src/cli/commands/preview.ts"
import { fetchHeads, fetchSite, flushAfter, openDesk } from "../../src/cli/desk-client.ts"
import { createOutput } from "../../src/cli/output.ts"
import { formatProblem } from "../../src/site/problem.ts"

const stops: (() => void)[] = []
const key = "test-key-of-desk"
const timeout = AbortSignal.timeout

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  for (const stop of stops.splice(0)) stop()
})

async function serve(answer: RequestListener) {
  const server = createServer(answer)
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  stops.push(() => server.closeAllConnections())
  stops.push(() => server.close())
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

it.each<[string, RequestListener]>([
  ["never answers", () => undefined],
  ["answers half and hangs", (_, response) => void response.writeHead(200, { "Content-Length": 100 }).write('{"id"')],
])("gives up within 15 s on a server that %s, without a retry", async (_, answer) => {
  const limits: number[] = []
  vi.spyOn(AbortSignal, "timeout").mockImplementation((limit) => {
    limits.push(limit)
    return timeout(200)
  })
  const { url } = await serve(answer)
  await expect(fetchSite(openDesk({ url, key }))).rejects.toMatchObject({
    code: 4,
    message: `${url} did not respond in time. It is safe to run the command again`,
  })
  expect(limits).toHaveLength(1)
  expect(limits[0]).toBeLessThan(15_000)
})

it("a site that hangs on a change holds the command for one time limit only, with a warning about the cache", async () => {
  let asked = 0
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => timeout(200))
  const { url } = await serve(() => void asked++)
  const desk = openDesk({ url, key })
  const warned: string[] = []
  const change = flushAfter(
    desk,
    (line) => warned.push(line),
    () => desk.rollback.$post({ json: { path: "/asia/a", base: 1, force: false } }),
  )
  await expect(change).rejects.toMatchObject({ code: 4, message: expect.stringContaining("did not respond in time") })
  expect(asked).toBe(1)
  expect(warned).toEqual([expect.stringContaining("The cache was not purged")])
})

it("a preview that cannot reach the site says nothing about its cache, where nothing can have changed", async () => {
  const { server, url } = await serve(() => undefined)
  await new Promise((done) => server.close(done))
  const content = mkdtempSync(join(tmpdir(), "dateline-client-"))
  mkdirSync(join(content, "asia"))
  writeFileSync(join(content, "asia/a.md"), "---\ntitle: A\nsummary: B.\ndate: 2020-01-02\n---\n\nWords.\n")
  const warned: unknown[] = []
  const output = { ...createOutput(false, v.any()), warn: (line: unknown) => warned.push(line) }
  const running = preview.run({ url, key, content }, { args: [], options: {}, output })
  await expect(running).rejects.toMatchObject({ code: 4 })
  const creating = preview.run({ url, key, content }, { args: [join(content, "asia/a.md")], options: {}, output })
  await expect(creating).rejects.toMatchObject({ code: 4, message: expect.stringContaining("ECONNREFUSED") })
  expect(warned).toEqual([])
  rmSync(content, { recursive: true })
})

it("retries when a server breaks off its response", async () => {
  let asked = 0
  const { url } = await serve((_, response) => {
    response.writeHead(200, { "Content-Length": 13 }).write('{"id"')
    if (++asked === 1) response.destroy()
    else response.end(':"site"}')
  })
  expect(await fetchSite(openDesk({ url, key }))).toEqual({ id: "site" })
})

it.each([
  "",
  "<h1>Hello</h1>",
  "null",
  "7",
  "{}",
  '{"id":"../../etc"}',
  '{"articles":7}',
  '{"articles":[null],"next":null}',
  '{"articles":[{"path":5}],"next":null}',
  '{"articles":[],"next":""}',
])("a server that answers %j is not a desk", async (text) => {
  const { url } = await serve((_, response) => response.end(text))
  const desk = openDesk({ url, key })
  for (const asked of [fetchSite(desk), fetchHeads(desk)])
    await expect(asked).rejects.toMatchObject({
      code: 4,
      message: expect.stringMatching(/^Not a Dateline site \(/),
    })
})

it.each(["{}", "[]", '{"key":5,"letter":"x","date":1,"member":[]}'])("every command refuses %j", async (text) => {
  const { url } = await serve((_, response) => response.end(text))
  const output = createOutput(false, v.any())
  for (const [group, name, arg, field] of [
    [editors, "add", "Jo", "key"],
    [members, "grant", "jo@example.org", "member"],
    [members, "revoke", "jo@example.org", "member"],
    [digest, "preview", undefined, "letter"],
    [digest, "test", "jo@example.org", "date"],
  ] as const) {
    const command = (group.commands as CommandSpec[]).find(({ usage }) => usage.startsWith(name))
    const run = command?.run?.(
      { url, key, content: "." },
      { args: arg === undefined ? [] : [arg], options: {}, output },
    )
    const message = `Not a Dateline site (the response has no valid ${field}). Check the address in --url`
    await expect(run, `${group.usage} ${name}`).rejects.toMatchObject({ code: 4, message })
  }
})

it.each([204, 304, 302])("a server that answers with status %i and nothing else is not a desk", async (status) => {
  let asked = 0
  const { url } = await serve((_, response) => response.writeHead(status).end(void asked++))
  await expect(fetchSite(openDesk({ url, key }))).rejects.toMatchObject({
    code: 4,
    message: `Not a Dateline site (status ${status}). Check the address in --url`,
  })
  expect(asked).toBe(1)
})

it.each([
  [400, { code: "malformed", message: "name: use only letters" }, 2, "name: use only letters"],
  [400, { code: "torn", message: "send the picture again" }, 4, "send the picture again"],
  [
    404,
    { code: "route", message: "the desk has no such route" },
    4,
    "the desk has no such route. Set --url to the site's own address. If it is right, deploy the site",
  ],
  [403, { message: { text: "no" } }, 4, "Not a Dateline site (status 403). Check the address in --url"],
])("a refusal with status %i and %j ends with a code that fits it", async (status, error, code, message) => {
  const { url } = await serve((_, response) => response.writeHead(status).end(JSON.stringify({ error })))
  await expect(fetchSite(openDesk({ url, key }))).rejects.toMatchObject({ code, message })
})

it("a silent command reports every ten seconds that it is still working", () => {
  vi.useFakeTimers()
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined)
  const output = createOutput(false, v.any())
  vi.advanceTimersByTime(9_000)
  output.progress(1, 3)
  vi.advanceTimersByTime(9_000)
  expect(said).not.toHaveBeenCalled()
  vi.advanceTimersByTime(12_000)
  expect(said.mock.calls).toEqual([["Still working…"], ["Still working…"]])
  vi.useRealTimers()
})

it("a mistake is one line, whatever the file name", () => {
  const problem = { file: "a\r\nb.md", line: 1, column: 2, field: "path", message: "is wrong", fix: "rename it" }
  expect(formatProblem(problem)).toBe("a b.md:1:2 path: is wrong — rename it")
})

it("a refusal is one line without control characters", async () => {
  const message = "no\u0007\u001b[31m\r\nkey\u009b2J"
  const { url } = await serve((_, response) => response.writeHead(403).end(JSON.stringify({ error: { message } })))
  await expect(fetchSite(openDesk({ url, key }))).rejects.toMatchObject({ code: 4, message: "no [31m key 2J" })
})

it("requests use the proxy in HTTPS_PROXY, except to this machine", async () => {
  const seen: string[] = []
  let status = 403
  const proxy = await serve((_, response) => response.end())
  proxy.server.on("connect", (request, socket) => {
    seen.push(request.url ?? "")
    socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`)
  })
  const site = await serve((_, response) => response.end('{"id":"site"}'))
  vi.stubEnv("HTTPS_PROXY", proxy.url)
  vi.stubEnv("HTTP_PROXY", proxy.url)
  vi.stubEnv("NO_PROXY", "")
  await expect(fetchSite(openDesk({ url: "https://newsroom.invalid", key }))).rejects.toMatchObject({
    code: 4,
    message: expect.stringContaining(
      "https://newsroom.invalid cannot be reached: the proxy in HTTPS_PROXY answered 403.",
    ),
  })
  status = 407
  const credentials = "The proxy in HTTPS_PROXY requires a user name and password: use http://name:password@host:port"
  await expect(fetchSite(openDesk({ url: "https://newsroom.invalid", key }))).rejects.toMatchObject({
    code: 4,
    message: credentials,
  })
  expect(seen).toEqual(["newsroom.invalid:443", "newsroom.invalid:443"])
  expect(await fetchSite(openDesk({ url: site.url, key }))).toEqual({ id: "site" })
  vi.stubEnv("HTTPS_PROXY", "nonsense")
  expect(() => openDesk({ url: "https://newsroom.invalid", key })).toThrow(
    "HTTPS_PROXY is not set to a valid proxy URL",
  )
  vi.stubEnv("HTTPS_PROXY", "")
  vi.stubEnv("HTTP_PROXY", "proxy:3128")
  expect(() => openDesk({ url: "https://newsroom.invalid", key })).toThrow(
    /^HTTP_PROXY is not set to a valid proxy URL/,
  )
})
