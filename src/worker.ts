// The Worker's entry point: the gateway for every request, the cached pages behind it, the cron and the queue.
import { env as importedEnv, WorkerEntrypoint } from "cloudflare:workers"
import config from "../dateline.config.ts"
import type { AudienceKey } from "./membership/access.ts"
import { type RequestContext, warmUp } from "./reader/entrypoint.ts"
import { createGateway, type Rooms } from "./reader/gateway.ts"
import { loadLanguages } from "./site/messages.ts"
import { reportTally } from "./store/traffic.ts"
import { version } from "./version.ts"

// Code that only editors and members use is imported on demand, so that no reader waits for it. It needs the messages
// of all languages.
const load = <Module>(module: Promise<Module>) => loadLanguages().then(() => module)
const loadBackground = () => load(import("./background.ts"))
const rooms: Rooms = {
  version,
  desk: async (...asked) => (await load(import("./desk/app.ts"))).answerDesk(...asked),
  account: async (...asked) => (await load(import("./account/app.ts"))).answerAccount(...asked),
}
/** The platform's types do not include this Worker's own bindings. */
const bindings = importedEnv as unknown as Env
const site = { ...config, origin: bindings.ORIGIN ?? config.origin }
const gateway = createGateway(bindings, site, rooms)
const { patient: env, purge } = gateway

// Warms up the isolate, so that its first reader does not wait for this (docs/decisions/021-warm-up.md).
await loadLanguages([site.languages[0]])
warmUp(site)
void gateway.fetch(new Request(`${site.origin}/healthz`), {} as RequestContext)

/** The platform's types do not include this Worker's own exports. */
const contextOf = (ctx: ExecutionContext) => ctx as unknown as RequestContext

/** The entrypoint that renders pages. The platform caches its responses by address and audience. */
export class Pages extends WorkerEntrypoint<Env, { audience: AudienceKey }> {
  override fetch(request: Request): Promise<Response> {
    return gateway.render(request.url, this.ctx.props.audience)
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
  /** `url`: passed only in local mode (cli/local/entry.ts). */
  fetch(request, _bindings, ctx, url?: string) {
    const answer = gateway.fetch(request, contextOf(ctx), url)
    if (answer instanceof Promise) reportTally(gateway.tally, env.CATALOGUE, answer, (work) => ctx.waitUntil(work))
    return answer
  },

  /** Runs every minute. */
  async scheduled(_controller, _bindings, ctx) {
    await (await loadBackground()).runCron(env, site, purge(contextOf(ctx)))
  },

  /** Sends editions to the recipients that the cron queued, and records bounces and complaints. */
  async queue(batch) {
    await (await loadBackground()).takeMessages(batch, env, site)
  },
} satisfies ExportedHandler<Env>
