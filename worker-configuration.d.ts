// Bindings of the Worker, as wrangler.toml names them.
interface Env {
  ARTICLES: KVNamespace
  MEMBERS_ARTICLES: KVNamespace
  MEDIA: KVNamespace
  CATALOGUE: D1Database
  PEOPLE: D1Database
  ASSETS: Fetcher
  EMAIL: SendEmail
  /** The first admin key: a secret. */
  DESK_KEY?: string
  /** Scheme, host and port that replace the configured origin: set by the start command. */
  ORIGIN?: string
  /** Address of the local live reload's event stream: set by the start command. */
  LIVE_RELOAD?: string
  /** Signing keys of the members' session, newest first, separated by a space. */
  SESSION_KEYS?: string
  /** Stripe's secret key and the webhook's signing secret; without them a member is made by the newsroom. */
  STRIPE_SECRET_KEY?: string
  STRIPE_WEBHOOK_SECRET?: string
  /** Scheme, host and port of a stand-in for Stripe's API: for tests. */
  STRIPE_API?: string
}
