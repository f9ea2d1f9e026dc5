// Bindings of the Worker, as wrangler.toml names them.
interface Env {
  ARTICLES: KVNamespace
  MEMBERS_ARTICLES: KVNamespace
  MEDIA: KVNamespace
  CATALOGUE: D1Database
  PEOPLE: D1Database
  /** Transactional email. Without it (`npm run serve`), Amazon SES sends that too. */
  EMAIL: SendEmail
  /** Takes editions in place of Amazon SES: set by the start command. */
  EDITIONS?: Pick<SendEmail, "send">
  /** Recipients of editions, a few dozen a message. */
  MAIL: Queue<import("./src/store/deliveries.ts").Recipients>
  /** What MAIL gave up on, and what mail providers report. */
  MAIL_DEAD: Queue
  MAIL_EVENTS: Queue
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
  /** Keys, region and configuration set of Amazon SES; without them editions are not sent. */
  SES_ACCESS_KEY_ID?: string
  SES_SECRET_ACCESS_KEY?: string
  SES_REGION?: string
  SES_CONFIGURATION_SET?: string
  /** Scheme, host and port of a stand-in for SES's API: for tests. */
  SES_API?: string
  /** ARN of the SNS topic where Amazon SES reports bounces and complaints. */
  SES_TOPIC_ARN?: string
}
