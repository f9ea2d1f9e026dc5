// What the members' room works with; the Worker hands it over with each request.
import type { Send } from "../mail/send.ts"
import type { Standings } from "../membership/standings.ts"
import type { SiteConfig } from "../site/site.ts"
import type { MembersBodies } from "../store/bodies.ts"
import type { StripeSettings } from "./stripe.ts"

export interface Door {
  readonly site: SiteConfig
  readonly people: D1Database
  readonly catalogue: D1Database
  readonly bodies: MembersBodies
  readonly send: Send
  /** What this isolate's gateway remembers of readers: who signs out is forgotten there. */
  readonly standings: Standings
  /** Valid signing keys of sessions, newest first. */
  readonly sessionKeys: readonly string[]
  /** null: the newsroom takes no payments here. */
  readonly stripe: StripeSettings | null
  /** Work that the answer does not wait for. */
  readonly waitUntil: (work: Promise<unknown>) => void
}

/** What a route of the members' room is handed by Hono. */
export interface DoorEnv {
  Bindings: { door: Door; language: string }
}
