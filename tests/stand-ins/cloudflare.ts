// A stand-in for the parts of Cloudflare's API that `npm run deploy` and wrangler use, over real HTTP on loopback. It keeps
// stores, secrets and Workers as the API does. Databases and deployed Workers run in workerd: cloudflare-edge.ts.
import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { openEdge } from "./cloudflare-edge.ts"
import { handleScripts, Refusal, type Route, type Script } from "./cloudflare-scripts.ts"

export const account = { id: "0123456789abcdef0123456789abcdef", name: "The Newsroom" }
export const token = "token-of-the-stand-in"

export type CloudflareStandIn = Awaited<ReturnType<typeof startCloudflare>>

/** Starts it on a free port. */
export async function startCloudflare() {
  const kv = new Map<string, { id: string; title: string }>()
  const d1 = new Map<string, { uuid: string; name: string }>()
  const queues = new Map<string, { queue_id: string; queue_name: string; consumers: Record<string, unknown>[] }>()
  const scripts = new Map<string, Script>()
  const sessions = new Map<string, Record<string, { hash: string }>>()
  const log: string[] = []
  const state = {
    subdomain: "newsroom" as string | null,
    accounts: [account],
    /** Called when a change was made, before it is answered. True cuts the connection. */
    cut: (_request: string): boolean => false,
  }
  const edge = await openEdge(scripts, d1)

  const handlers: readonly Route[] = [
    [
      "GET",
      /^\/accounts$/,
      ({ query }) => {
        // The API lists at most 50 accounts on a page.
        if (Number(query.get("per_page")) > 50) throw new Refusal(400, 1_001, "per_page is too large")
        return state.accounts
      },
    ],
    // Where wrangler by itself looks for the account.
    ["GET", /^\/memberships$/, () => state.accounts.map((one) => ({ account: one }))],

    ["GET", /^\/storage\/kv\/namespaces$/, () => [...kv.values()]],
    [
      "POST",
      /^\/storage\/kv\/namespaces$/,
      async ({ json }) => {
        const { title } = (await json()) as { title: string }
        if ([...kv.values()].some((one) => one.title === title))
          throw new Refusal(400, 10_014, "A namespace with this account ID and title already exists.")
        const id = randomUUID().replaceAll("-", "")
        kv.set(id, { id, title })
        return kv.get(id)
      },
    ],

    [
      "GET",
      /^\/d1\/database\/([\w-]+)$/,
      ({ match }) => {
        const found = [...d1.values()].find(({ uuid, name }) => match[1] === uuid || match[1] === name)
        if (found === undefined) throw new Refusal(404, 7404, `The database ${match[1]} could not be found`)
        return found
      },
    ],
    ["GET", /^\/d1\/database$/, () => [...d1.values()]],
    [
      "POST",
      /^\/d1\/database$/,
      async ({ json }) => {
        const { name } = (await json()) as { name: string }
        if ([...d1.values()].some((one) => one.name === name))
          throw new Refusal(400, 7502, `A database with that name already exists: ${name}`)
        const uuid = randomUUID()
        d1.set(uuid, { uuid, name })
        await edge.change()
        return d1.get(uuid)
      },
    ],
    [
      "POST",
      /^\/d1\/database\/([\w-]+)\/query$/,
      async ({ match, json }) => {
        const id = match[1] ?? ""
        if (!d1.has(id)) throw new Refusal(404, 7404, `The database ${id} could not be found`)
        try {
          return [await edge.query(id, String((await json()).sql))]
        } catch (error) {
          throw new Refusal(400, 7500, error instanceof Error ? error.message : String(error))
        }
      },
    ],

    [
      "GET",
      /^\/queues$/,
      ({ query }) => {
        const names = query.getAll("name")
        return [...queues.values()].filter(({ queue_name }) => names.length === 0 || names.includes(queue_name))
      },
    ],
    [
      "POST",
      /^\/queues$/,
      async ({ json }) => {
        const { queue_name } = (await json()) as { queue_name: string }
        if ([...queues.values()].some((one) => one.queue_name === queue_name))
          throw new Refusal(409, 11_009, "Queue name is already taken.")
        const queue_id = randomUUID().replaceAll("-", "")
        queues.set(queue_id, { queue_id, queue_name, consumers: [] })
        return queues.get(queue_id)
      },
    ],
    [
      "POST",
      /^\/queues\/(\w+)\/consumers$/,
      async ({ match, json }) => {
        const queue = queues.get(match[1] ?? "")
        const { script_name, ...consumer } = await json()
        if (queue === undefined) throw new Refusal(404, 11_000, "Queue not found.")
        if (queue.consumers.length > 0) throw new Refusal(409, 11_004, "Queue already has a consumer.")
        queue.consumers.push({ ...consumer, script: script_name, consumer_id: randomUUID().replaceAll("-", "") })
        return queue.consumers[0]
      },
    ],
    [
      "PUT",
      /^\/queues\/(\w+)\/consumers\/(\w+)$/,
      async ({ match, json }) => Object.assign(queues.get(match[1] ?? "")?.consumers[0] ?? {}, await json()),
    ],

    [
      "GET",
      /^\/workers\/subdomain$/,
      () => {
        if (state.subdomain === null) throw new Refusal(404, 10_007, "You do not have a workers.dev subdomain.")
        return { subdomain: state.subdomain }
      },
    ],
    [
      "PUT",
      /^\/workers\/subdomain$/,
      async ({ json }) => {
        state.subdomain = String((await json()).subdomain)
        return { subdomain: state.subdomain }
      },
    ],
    ...handleScripts({ kv, d1, queues, scripts, sessions, edge }),
  ]

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://stand-in")
    const path = pathname.replace(`/accounts/${account.id}/`, "/")
    const method = request.method ?? "GET"
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts)
    log.push(`${method} ${path}`)
    const send = (status: number, value: unknown) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value))
    try {
      const given = request.headers.authorization?.replace("Bearer ", "") ?? ""
      if (given !== token && !sessions.has(given)) throw new Refusal(401, 10_000, "Authentication error")
      const handler = handlers.find(([verb, pattern]) => verb === method && pattern.test(path))
      if (handler === undefined) throw new Refusal(405, 10_405, `The stand-in does not know ${method} ${path}`)
      const init = { method: "POST", body, headers: { "Content-Type": request.headers["content-type"] ?? "" } }
      const result = await handler[2]({
        method,
        path,
        query: searchParams,
        match: handler[1].exec(path) as RegExpExecArray,
        given,
        json: async () => JSON.parse(body.toString()),
        form: () => new Response(body, init).formData(),
      })
      if (method !== "GET" && state.cut(`${method} ${path}`)) return void request.socket.destroy()
      const beyond = Array.isArray(result) && Number(searchParams.get("page") ?? 1) > 1
      send(200, { success: true, errors: [], messages: [], result: beyond ? [] : result })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { status, code, message } = error
      send(status, { success: false, errors: [{ code, message }], messages: [], result: null })
    }
  }

  // An idle connection that is closed could be closed under a request.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ kv, d1, queues, scripts, log, state, ports: edge.ports, query: edge.query },
    async stop(): Promise<void> {
      server.close()
      server.closeAllConnections()
      await edge.stop()
    },
  }
}
