// A stand-in for the parts of Stripe's API that the site uses, over real HTTP on loopback. It returns what tests set.
import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"

export interface StripeStandIn {
  readonly url: string
  stop(): Promise<void>
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly fields: Record<string, string>
  readonly authorization: string
  readonly idempotencyKey: string
}

/** A Stripe account, which has its own secret key. */
const openAccount = () => ({
  subscriptions: new Map<string, Record<string, unknown>>(),
  prices: new Map<string, Record<string, unknown>>(),
  /** The response for each idempotency key, and its parameters. */
  answered: new Map<string, { readonly body: string; readonly answer: [number, unknown] }>(),
  asked: [] as Asked[],
  fault: 0,
})
type Account = ReturnType<typeof openAccount>

/**
 * Starts it on a free port. Tests talk to it below `/test/`: subscriptions, recorded requests, faults. The first such
 * request with a secret key opens an account for it, so that tests that run at the same time do not meet.
 */
export async function startStripe(): Promise<StripeStandIn> {
  const accounts = new Map([["Bearer sk_test_stand_in", openAccount()]])
  let url = ""

  type Fields = Record<string, string>
  function answer({ subscriptions, prices }: Account, method: string, path: string, fields: Fields): [number, unknown] {
    if (method === "GET" && path === "/v1/subscriptions") {
      const data = [...subscriptions.values()].filter(
        ({ customer, status }) => (customer as { id: string }).id === fields.customer && status !== "canceled",
      )
      return [200, { object: "list", data, has_more: false, url: path }]
    }
    const [, id = ""] = /^\/v1\/subscriptions\/(\w+)$/.exec(path) ?? []
    const subscription = subscriptions.get(id)
    if (id !== "" && subscription === undefined)
      return [404, failure("invalid_request_error", "resource_missing", `No such subscription: '${id}'`)]
    if (id !== "" && method === "GET") return [200, subscription]
    if (id !== "" && method === "DELETE") {
      if (subscription?.status === "canceled")
        return [404, failure("invalid_request_error", "resource_missing", `No such subscription: '${id}'`)]
      Object.assign(subscription as object, { status: "canceled" })
      return [200, subscription]
    }
    const [, price = ""] = /^\/v1\/prices\/(\w+)$/.exec(path) ?? []
    if (prices.has(price)) return [200, prices.get(price)]
    if (method === "POST" && path === "/v1/checkout/sessions") {
      if (fields.customer === "cus_gone")
        return [400, failure("invalid_request_error", "resource_missing", "No such customer: 'cus_gone'")]
      const id = `cs_${randomUUID()}`
      const back = new URLSearchParams({ id, success: fields.success_url ?? "", cancel: fields.cancel_url ?? "" })
      return [200, { id, object: "checkout.session", url: `${url}/pay?${back}` }]
    }
    if (method === "POST" && path === "/v1/billing_portal/sessions")
      return [200, { id: "bps_1", object: "billing_portal.session", url: `${url}/portal?customer=${fields.customer}` }]
    return [404, failure("invalid_request_error", "", `Unrecognized request URL (${method}: ${path})`)]
  }

  function answerTest(account: Account, method: string, path: string, body: string): unknown {
    const { subscriptions, prices, asked } = account
    if (path === "/test/requests") return method === "DELETE" ? asked.splice(0) : asked
    if (path === "/test/subscriptions") return [...subscriptions.values()].map(({ id, status }) => ({ id, status }))
    if (path === "/test/fault") {
      account.fault = Number(body)
      return account.fault
    }
    const value = JSON.parse(body) as { id: string }
    if (path === "/test/price") return prices.set(value.id, value).size
    subscriptions.set(value.id, value as unknown as Record<string, unknown>)
    return value
  }

  // An idle connection that is closed could be closed under a request.
  const server = createServer({ keepAliveTimeout: 0 }, async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost")
    const method = request.method ?? ""
    const body = await readBody(request)
    const send = (status: number, value: unknown) => {
      response.writeHead(status, { "Content-Type": "application/json", "Request-Id": "req_1" })
      response.end(JSON.stringify(value))
    }
    const { authorization = "", "idempotency-key": key = "" } = request.headers
    const account = accounts.get(authorization) ?? openAccount()
    if (pathname.startsWith("/test/")) {
      accounts.set(authorization, account)
      return send(200, answerTest(account, method, pathname, body) ?? null)
    }
    if (pathname === "/pay" || pathname === "/portal") {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" })
      const link = `<a href="${(searchParams.get("success") ?? "").replaceAll('"', "&quot;")}">Pay</a>`
      return response.end(
        `<!doctype html><html lang="en"><title>Stand-in</title><h1>Stand-in</h1><p>${link}</p></html>`,
      )
    }
    const fields = Object.fromEntries([...searchParams, ...new URLSearchParams(body)])
    const { answered, asked, fault } = account
    asked.push({ method, path: pathname, fields, authorization, idempotencyKey: String(key) })
    if (fault !== 0) return send(fault, failure("api_error", "", "An error that names reader@example.org"))
    if (!accounts.has(authorization)) return send(401, failure("invalid_request_error", "", "Invalid API Key provided"))
    const before = key === "" ? undefined : answered.get(String(key))
    if (before !== undefined && before.body !== body)
      return send(400, failure("idempotency_error", "", "Keys for idempotent requests need the same parameters"))
    const now = before?.answer ?? answer(account, method, pathname, fields)
    if (method === "POST") answered.set(String(key), { body, answer: now })
    return send(...now)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function failure(type: string, code: string, message: string): unknown {
  return { error: { type, ...(code && { code }), message } }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ""
  request.setEncoding("utf8")
  for await (const chunk of request) text += chunk
  return text
}
