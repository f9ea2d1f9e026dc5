// The Cloudflare Worker's entry point: the gateway for every request, the cached pages behind it, and the cron job.
import { WorkerEntrypoint } from "cloudflare:workers"
import config from "../dateline.config.ts"
import type { AudienceKey } from "./membership/access.ts"
import { warmUp } from "./reader/entrypoint.ts"
import { createGateway, type Gateway, type RequestContext, type Rooms } from "./reader/gateway.ts"
import { flushPurges } from "./store/purges.ts"
import { version } from "./version.ts"

// Code that only editors and members need is imported on demand, so that no reader waits for it.
const loadAccount = () => import("./account/app.ts")
const rooms: Rooms = {
  version,
  desk: async (...asked) => (await import("./desk/app.ts")).answerDesk(...asked),
  account: async (...asked) => (await loadAccount()).answerAccount(...asked),
}
let gateway: Gateway | undefined
warmUp(config)

/** The gateway, created once per isolate. */
function gatewayOf(env: Env): Gateway {
  gateway ??= createGateway(env, { ...config, origin: env.ORIGIN ?? config.origin }, rooms)
  return gateway
}

/** The platform's types do not include this Worker's own exports. */
const contextOf = (ctx: ExecutionContext) => ctx as unknown as RequestContext

/** The pages, which the platform caches by address and audience. */
export class Pages extends WorkerEntrypoint<Env, { audience: AudienceKey }> {
  override fetch(request: Request): Promise<Response> {
    return gatewayOf(this.env).render(request.url, this.ctx.props.audience)
  }

  /** Purges this entrypoint's cache, which only the entrypoint itself can do. There is no cache locally. */
  async purge(tags: readonly string[] | "everything"): Promise<boolean> {
    const { cache } = this.ctx
    if (cache === undefined) return true
    const result = await cache.purge(tags === "everything" ? { purgeEverything: true } : { tags: [...tags] })
    return result.success
  }
}

export default {
  fetch: (request, env, ctx) => gatewayOf(env).fetch(request, contextOf(ctx)),

  /** Every minute: flushes the purge outbox and sweeps expired rows. If one fails, the other still runs. */
  async scheduled(_controller, bindings, ctx) {
    const now = Date.now()
    const { patient: env, purge } = gatewayOf(bindings)
    const { sweepPeople } = await loadAccount()
    const work = [flushPurges(env.CATALOGUE, purge(contextOf(ctx)), now), sweepPeople(env.PEOPLE, now)]
    for (const result of await Promise.allSettled(work))
      if (result.status === "rejected") console.error("cron", result.reason)
  },
} satisfies ExportedHandler<Env>
