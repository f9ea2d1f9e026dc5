// `npm run probe` on a running site, as it is and broken in seven ways by a proxy in front of it.
import { spawnSync } from "node:child_process"
import { createServer, type IncomingMessage, request, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { probe } from "../../probe/main.ts"
import { startSes } from "../stand-ins/ses.ts"
import { type RunningSite, root, runDateline, startSite } from "./running-site.ts"
import { sesSettings, startServed } from "./served-site.ts"
import { signInByMail } from "./sign-in-by-mail.ts"

interface Reply {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}
type Break = (asked: IncomingMessage, reply: Reply) => void

const gone = "/asia/tajikistan/security-summit-dushanbe"
let site: RunningSite
let cookie: string
/** What the proxy does to the reply. */
let breakReply: Break = () => undefined
/** Requests to which the proxy adds a member's cookie. */
let letIn: (asked: IncomingMessage) => boolean = () => false
let proxy: Server
let url: string

beforeAll(async () => {
  site = await startSite({ copy: true, watch: false })
  cookie = await signInByMail(site, "member@reader.example")
  expect(runDateline(site, ["unpublish", gone, "--reason", "for this test"]).err).toBe("")
  proxy = createServer(forward)
  await new Promise<void>((ready) => proxy.listen(0, "127.0.0.1", ready))
  url = `http://localhost:${(proxy.address() as AddressInfo).port}`
})
afterAll(async () => {
  proxy?.close()
  await site?.stop()
})

/** Passes a request on to the site, with the proxy's own address in place of the site's. */
function forward(asked: IncomingMessage, answer: import("node:http").ServerResponse): void {
  const { method, url: path, headers } = asked
  const host = headers.host === new URL(url).host ? new URL(site.url).host : headers.host
  const origin = headers.origin === url ? site.url : headers.origin
  const more = { ...(origin !== undefined && { origin }), ...(letIn(asked) && { cookie }) }
  const fields = { ...headers, ...more, host, "accept-encoding": "identity" }
  const onward = request({ host: "127.0.0.1", port: site.port, path, method, headers: fields }, (response) => {
    const parts: Buffer[] = []
    response.on("data", (part: Buffer) => parts.push(part))
    response.on("end", () => {
      const rewrite = (text: string) => text.replaceAll(site.url, url)
      const isText = !/^image|font/.test(response.headers["content-type"] ?? "")
      if (!isText) return answer.writeHead(response.statusCode ?? 500, response.headers).end(Buffer.concat(parts))
      const reply: Reply = {
        status: response.statusCode ?? 500,
        headers: {
          ...response.headers,
          ...(response.headers.location && { location: rewrite(response.headers.location) }),
        },
        body: rewrite(Buffer.concat(parts).toString()),
      }
      breakReply(asked, reply)
      const { "content-length": _, "transfer-encoding": __, ...rest } = reply.headers
      answer.writeHead(reply.status, rest)
      return answer.end(method === "HEAD" ? undefined : reply.body)
    })
  })
  onward.on("error", () => answer.destroy())
  asked.pipe(onward)
}

const failuresOf = async (group: string) => {
  const { rows } = await probe(url, { cookie, gone }, [group])
  return [...new Set(rows.filter(({ result }) => result === "FAIL").map(({ id }) => id))]
}

const openPage = (asked: IncomingMessage, { status, headers }: Reply) =>
  asked.method === "GET" && status === 200 && String(headers["content-type"]).startsWith("text/html")

const broken: Record<string, { ids: string[]; reply?: Break; letIn?: typeof letIn }> = {
  H: {
    ids: ["H03"],
    reply: (asked, { headers }) => {
      if (asked.method === "HEAD") headers.etag = '"another"'
    },
  },
  R: {
    ids: ["R07"],
    reply: (_asked, reply) => {
      if (reply.status === 404) reply.status = 200
    },
  },
  C: {
    ids: ["C01"],
    reply: (asked, reply) => {
      if (openPage(asked, reply)) reply.headers["set-cookie"] = "visitor=1"
    },
  },
  S: {
    ids: ["S03"],
    reply: (_asked, { headers }) => {
      headers["content-security-policy"] = "default-src * 'unsafe-inline'"
    },
  },
  P: { ids: ["P06", "P07"], letIn: ({ url: path, headers }) => Boolean(path?.endsWith(".md") || headers.range) },
  M: {
    ids: ["M01"],
    reply: (asked, reply) => {
      if (openPage(asked, reply)) reply.body = reply.body.replace("<h1", "<h1>Twice</h1><h1")
    },
  },
  F: {
    ids: ["F01"],
    reply: (asked, reply) => {
      if (asked.url === "/feed.xml") reply.body = reply.body.replace(/<guid[^>]*>[^<]*/g, "<guid>1")
    },
  },
}

describe("npm run probe", () => {
  it("passes on a site as it is, within its bounds", async () => {
    const { rows, requests } = await probe(url, { cookie, gone })
    expect(rows.filter(({ result }) => result === "FAIL")).toEqual([])
    // Without https there is no redirect from http; no cookie is set before somebody signs in; the proxy sends chunks.
    expect(rows.filter(({ result }) => result === "SKIP").map(({ id }) => id)).toEqual(["H18", "H20", "S01", "S09"])
    expect(requests).toBeLessThanOrEqual(600)
  })

  it("passes on `npm run serve` too, with an editor's key", { timeout: 240_000 }, async () => {
    const ses = await startSes()
    const served = await startServed({ env: sesSettings(ses) })
    try {
      expect(runDateline({ ...served, content: site.content }, ["publish", "--no-cards"])).toMatchObject({ code: 0 })
      const { rows } = await probe(served.url, {})
      expect(rows.filter(({ result }) => result === "FAIL")).toEqual([])
      const env = { ...process.env, DATELINE_KEY: served.key }
      const args = [join(root, "probe/main.ts"), served.url, "--only", "E"]
      expect(spawnSync(process.execPath, args, { encoding: "utf8", env })).toMatchObject({ status: 0, stderr: "" })
    } finally {
      await served.stop()
      await ses.stop()
    }
  })

  it.each(Object.entries(broken))("fails in group %s on a site that is broken there", async (group, fault) => {
    breakReply = fault.reply ?? breakReply
    letIn = fault.letIn ?? letIn
    try {
      expect(await failuresOf(group)).toEqual(expect.arrayContaining(fault.ids))
    } finally {
      breakReply = () => undefined
      letIn = () => false
    }
  })

  it("tests the design with an editor's key, and leaves nothing behind", () => {
    const env = { ...process.env, DATELINE_KEY: site.key }
    const run = spawnSync(process.execPath, [join(root, "probe/main.ts"), site.url, "--only", "E"], {
      encoding: "utf8",
      env,
    })
    expect(run.stderr).toBe("")
    expect(run.status).toBe(0)
    for (const id of ["E01", "E02", "E05", "E07", "E08"])
      expect(run.stdout).toMatch(new RegExp(`^${id} +MUST +PASS`, "m"))
    const listed: { path: string; status: string }[] = JSON.parse(runDateline(site, ["list", "--json"]).out)
    expect(listed.filter(({ path }) => path.includes("/probe-")).map(({ status }) => status)).toEqual(["gone"])
  })

  it("exits with 2 for a wrong command, and with 4 if there is no site", () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(root, "probe/main.ts"), ...args], { encoding: "utf8" })
    expect(run().status).toBe(2)
    expect(run("--nonsense").status).toBe(2)
    const { status, stderr } = run("http://127.0.0.1:9")
    expect(status).toBe(4)
    expect(stderr).toContain("cannot be checked")
  })
})
