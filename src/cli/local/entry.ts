// The Worker's entry on this machine. As Cloudflare does, it serves static files without running the Worker. For
// `npm run serve` it counts work that continues after a response, such as email, which a restart must not interrupt.

/** The header with the secret of `npm run serve`'s parent process. The parent appends `?` to ask how much work runs. */
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
  // Without PASS, requests stay synchronous here, and their headers, which are slow to read, are not read.
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
