// The test rig: the gateway and the desk on this runtime's real KV and D1, with the model of Workers Cache between
// them, a clock that tests move, and stores that tests break.
import { applyD1Migrations, type D1Migration } from "cloudflare:test"
import { env as bindings } from "cloudflare:workers"
import config from "../../dateline.config.ts"
import { answerAccount } from "../../src/account/app.ts"
import { answerDesk } from "../../src/desk/app.ts"
import { consume, createMailContext, sendDue } from "../../src/mail/deliver.ts"
import type { Email } from "../../src/mail/email-layout.ts"
import type { AudienceKey } from "../../src/membership/access.ts"
import type { StripeSettings } from "../../src/membership/stripe-settings.ts"
import type { RequestContext } from "../../src/reader/entrypoint.ts"
import { createGateway, type Gateway } from "../../src/reader/gateway.ts"
import type { SiteConfig } from "../../src/site/site.ts"
import { hashContent } from "../../src/store/bodies.ts"
import type { Recipients } from "../../src/store/deliveries.ts"
import { guardStores, type Trip, wrapDatabase } from "../../src/store/failure.ts"
import { flushPurges } from "../../src/store/purges.ts"
import { createWorkersCache } from "./workers-cache.ts"

export { wrapDatabase }

export const env = bindings as unknown as Env & {
  MIGRATIONS: { catalogue: D1Migration[]; people: D1Migration[] }
  LETTERS?: string
}
export const origin = "http://localhost:8787"
export const site: SiteConfig = { ...config, origin }
const usual = site
export const sessionKeys = ["test-session-key-that-is-long-enough"]

/** `bug`: what our own code throws. */
export type Fault = "ok" | "throw" | "hang" | "bug"
const bug = () => Promise.reject(new TypeError("nothing.split is not a function"))
export interface Counts {
  d1: number
  kv: number
  members: number
  /** Trips to the people database. */
  people: number
}

/**
 * A whole small site: `get` asks it as a reader, `desk` as an editor, in one of two isolates.
 * `platform`: put the model of Workers Cache around the pages.
 */
export async function createRig(
  options: { platform?: boolean; stripe?: StripeSettings; site?: SiteConfig; topic?: string; ses?: Partial<Env> } = {},
) {
  const { site = usual, stripe, topic, ses } = options
  await applyD1Migrations(env.CATALOGUE, env.MIGRATIONS.catalogue)
  await applyD1Migrations(env.PEOPLE, env.MIGRATIONS.people)
  const faults = { d1: "ok" as Fault, kv: "ok" as Fault, people: "ok" as Fault }
  const counts: Counts = { d1: 0, kv: 0, members: 0, people: 0 }
  const emails: Email[] = []
  const editions: Email[] = []
  const queue: { body: Recipients }[] = []
  let refusing = false
  const broken: Env = {
    ...env,
    PEOPLE: wrapDatabase(
      env.PEOPLE,
      breakTrips(
        () => faults.people,
        () => counts.people++,
      ),
    ),
    CATALOGUE: wrapDatabase(
      env.CATALOGUE,
      breakTrips(
        () => faults.d1,
        () => counts.d1++,
      ),
    ),
    ARTICLES: wrapNamespace(env.ARTICLES, faults, () => counts.kv++),
    MEMBERS_ARTICLES: wrapNamespace(env.MEMBERS_ARTICLES, faults, () => counts.members++),
    EMAIL: {
      send: async (email: Email) => {
        if (refusing) throw new Error(`the binding refuses ${email.to}`)
        emails.push(email)
      },
    } as unknown as SendEmail,
    EDITIONS: {
      send: async (email: Email) => {
        editions.push(email)
        return { messageId: `message-${editions.length}` }
      },
    } as unknown as SendEmail,
    MAIL: { sendBatch: async (messages: { body: Recipients }[]) => void queue.push(...messages) } as Env["MAIL"],
    STRIPE_SECRET_KEY: stripe?.secretKey,
    STRIPE_WEBHOOK_SECRET: stripe?.webhookSecret,
    STRIPE_API: stripe?.api,
    SES_TOPIC_ARN: topic,
    ...ses,
  }
  const rooms = { version: "test", desk: answerDesk, account: answerAccount }
  const gateways = [createGateway(broken, site, rooms), createGateway(broken, site, rooms)]
  const gatewayOf = (isolate: number) => gateways[isolate] as Gateway
  // Faults for readers do not affect editors.
  const desk = createGateway({ ...env, EMAIL: broken.EMAIL, EDITIONS: broken.EDITIONS }, site, rooms)
  const cache = createWorkersCache(
    (request, { audience }) => gatewayOf(0).render(request.url, audience as AudienceKey),
    () => Date.now(),
  )
  const pending: Promise<unknown>[] = []
  const ctx = (isolate: number): RequestContext => ({
    waitUntil: (work) => void pending.push(work.catch((error) => console.error(error))),
    exports: {
      Pages: ({ props }) => ({
        fetch: (request) =>
          options.platform ? cache.fetch(request, props) : gatewayOf(isolate).render(request.url, props.audience),
        purge: async (tags) => !options.platform || cache.purge(tags),
      }),
    },
  })
  /** As the first isolate does after a publish. */
  const purge = gatewayOf(0).purge(ctx(0))
  return {
    faults,
    counts,
    /** Emails that were sent, oldest first. */
    emails,
    /** Editions that were sent, oldest first. */
    editions,
    /** Sends planned editions as the cron does, and then the queue. */
    async sendEditions(now = Date.now()): Promise<void> {
      const context = createMailContext(broken, site)
      await sendDue(context, now)
      for (const { body } of queue.splice(0)) {
        const message = { body, attempts: 1, ack: () => undefined, retry: () => queue.push({ body }) }
        await consume({ messages: [message as unknown as Message<Recipients>] }, context, () => now)
      }
    },
    /** Makes the email binding refuse emails, or accept them again. */
    refuseEmails(refuse: boolean): void {
      refusing = refuse
    },
    /** Waits for the work that responses left behind. */
    async settle(): Promise<void> {
      while (pending.length > 0) await pending.shift()
    },
    memories: gateways.map(({ memory }) => memory),
    /** How the isolates served their pages. */
    tallies: gateways.map(({ tally }) => tally),
    /** The catalogue for readers' requests: counted, and failing on demand. */
    catalogue: guardStores(broken, 1_500).CATALOGUE,
    cache,
    purge,
    /** Sends a reader's request to one of two isolates. */
    async get(path: string, init: RequestInit = {}, isolate = 0): Promise<Response> {
      return gatewayOf(isolate).fetch(new Request(origin + path, { redirect: "manual", ...init }), ctx(isolate))
    },
    async desk(method: string, path: string, body?: unknown, key = "test-desk-key"): Promise<Response> {
      const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" }
      const sent = body instanceof Uint8Array || body instanceof ReadableStream ? body : JSON.stringify(body)
      const init = { method, headers, ...(body === undefined ? {} : { body: sent }) }
      const { waitUntil, exports } = ctx(0)
      const Pages: typeof exports.Pages = (to) => ({ ...exports.Pages(to), purge })
      return desk.fetch(new Request(`${origin}/desk/v1${path}`, init), { waitUntil, exports: { Pages } })
    },
    flushPurges: () => flushPurges(env.CATALOGUE, purge, Date.now()),
  }
}

export type Rig = Awaited<ReturnType<typeof createRig>>

/** A complete picture without metadata. */
export const dot = Uint8Array.fromBase64("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

/** An article's file. */
export function compose(front: Record<string, unknown>, body: string): string {
  const all = { title: "A title", summary: "A summary.", date: "2024-01-01", ...front }
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  return `---\n${lines.join("\n")}\n---\n${body}`
}

/** Publishes one article and returns the desk's response. */
export async function publish(
  rig: Rig,
  path: string,
  source: string,
  more: { base?: number; force?: boolean; last?: boolean } = {},
) {
  const digest = await hashContent(`${source}\n{}`)
  const { base = 0, ...flags } = more
  const response = await rig.desk("POST", "/publish", {
    ...flags,
    articles: [{ path, base, source, media: {}, digest }],
  })
  const outcome = (await response.json()) as {
    published: { path: string; revision: number }[]
    conflicts: { path: string; revision: number; who: string; when: string }[]
    unchanged: string[]
    problems: { message: string }[]
  }
  return { status: response.status, ...outcome }
}

function wrapNamespace(kv: KVNamespace, faults: { kv: Fault }, count: () => void): KVNamespace {
  return new Proxy(kv, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (typeof value !== "function") return value
      return (...args: unknown[]) => {
        if (name === "get" || name === "getWithMetadata") count()
        if (faults.kv === "throw") return Promise.reject(new Error("KV is down"))
        if (faults.kv === "bug") return bug()
        if (faults.kv === "hang") return new Promise(() => undefined)
        return value.apply(target, args)
      }
    },
  })
}

function breakTrips(fault: () => Fault, count: () => void): Trip {
  return (go) => {
    count()
    if (fault() === "throw") return Promise.reject(new Error("D1 is down"))
    if (fault() === "bug") return bug()
    if (fault() === "hang") return new Promise(() => undefined)
    return go()
  }
}
