// The entry of the Worker on this machine. It does what Cloudflare does in front of it: serves files without running it.
// For `npm run serve` it counts work that continues after a response, such as email, which a restart must not interrupt.

/** The header with the secret of `npm run serve`'s parent process, with a `?` to ask how much of this work is under way. */
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
  // Most requests are readers'. They stay synchronous here, and their headers are not read, which is slow.
  fetch(request, env, ctx) {
    let context = ctx
    if (env.PASS !== undefined) {
      const pass = request.headers.get("${passHeader}")
      if (pass === env.PASS + "?") return Response.json(working)
      if (pass !== env.PASS) return new Response(null, { status: 403 })
      context = { get exports() { return ctx.exports }, waitUntil: (work) => ctx.waitUntil(count(work)) }
    }
    const { url } = request
    const path = /^[^/]+\/\/[^/]+(\/(?:maps\/[^/?#]+|favicon\.ico))(?:[?#]|$)/.exec(url)?.[1]
    if (path === undefined) return worker.fetch(request, env, context, url)
    const { method, headers } = request
    return env.FILES.fetch("http://files" + path, { method, headers, redirect: "manual" }).then((file) =>
      file.status === 404 ? worker.fetch(request, env, context, url) : file,
    )
  },
}
`
