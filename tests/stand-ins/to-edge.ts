// Loaded into a process with --import: requests to deployed sites go to the ports in EDGE instead, and never to the network.
import http from "node:http"
import https from "node:https"
import { syncBuiltinESMExports } from "node:module"

const ports: Record<string, number> = JSON.parse(process.env.EDGE ?? "{}")
const realFetch = globalThis.fetch

globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input)
  const port = ports[url.hostname]
  if (port === undefined) return realFetch(input, init)
  if (url.protocol === "http:")
    return new Response(null, { status: 308, headers: { Location: `https${url.href.slice(4)}` } })
  const target = `http://127.0.0.1:${port}${url.pathname}${url.search}`
  return input instanceof Request ? realFetch(new Request(target, input), init) : realFetch(target, init)
}

const realRequest = https.request
https.request = ((options: https.RequestOptions, callback: (response: http.IncomingMessage) => void) => {
  const port = ports[options.host ?? ""]
  if (port === undefined) return realRequest(options, callback)
  return http.request({ ...options, protocol: "http:", host: "127.0.0.1", port }, callback)
}) as typeof https.request
syncBuiltinESMExports()
