// The entry of the Worker on this machine. It does what Cloudflare does in front of it: serves files without running it.
// For `npm run serve` it counts the work that goes on after responses, such as email, which a restart must not cut off.

/** The header with the secret of `npm run serve`'s parent process, with a `?` to ask how much work goes on. */
export const passHeader = "dateline-pass"

export const entry = String.raw`
import worker from "./worker.js"
export * from "./worker.js"
let working = 0
function count(work) {
  working++
  return work.finally(() => working--)
}
export default {
  queue: worker.queue,
  scheduled: (...given) => count(worker.scheduled(...given)),
  async fetch(request, env, ctx) {
    const { url, method, headers } = request
    if (env.PASS !== undefined) {
      const pass = headers.get("${passHeader}")
      if (pass === env.PASS + "?") return Response.json(working)
      if (pass !== env.PASS) return new Response(null, { status: 403 })
    }
    const path = /^\w+:\/\/[^/]+(\/(?:maps\/[^/?#]+|favicon\.ico))(?:[?#]|$)/.exec(url)?.[1]
    if (path !== undefined) {
      const file = await env.FILES.fetch("http://files" + path, { method, headers, redirect: "manual" })
      if (file.status !== 404) return file
    }
    const waitUntil = (work) => ctx.waitUntil(count(work))
    return worker.fetch(request, env, { exports: ctx.exports, waitUntil })
  },
}
`
