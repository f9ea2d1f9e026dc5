// Shared by all the desk's routes: their environment, request validation and the format of errors.
import type { Context } from "hono"
import type { ContentfulStatusCode } from "hono/utils/http-status"
import { validator } from "hono/validator"
import * as v from "valibot"
import type { SendEdition } from "../mail/senders.ts"
import type { SiteConfig } from "../site/site.ts"
import type { Editor } from "../store/credentials.ts"
import { flushPurges, type Purge } from "../store/purges.ts"
import type { Stores } from "../store/stores.ts"

/** The desk's configuration and stores, which the Worker passes in with each request. */
export interface Desk extends Stores {
  readonly site: SiteConfig
  readonly version: string
  readonly adminKey: string | undefined
  readonly purge: Purge
  /** `mail`: recipients of editions. `events`: reports of bounces. `dead`: messages that failed too often. */
  readonly queues: Readonly<Record<"mail" | "events" | "dead", Queue>>
  /** How editions are sent, or null if they are not. */
  readonly sender: "ses" | "local" | null
  /** Sends a test copy of an edition. */
  readonly sendTest: SendEdition
}

/** The Hono environment of the desk's routes. */
export interface DeskEnv {
  Bindings: Desk
  Variables: { editor: Editor }
}

/** An error in the format of the desk's responses. */
export function problem(code: string, message: string, more: object = {}) {
  return { error: { code, message, ...more } }
}

/** Refuses a request. `more`: additional fields of the error. */
export function fail<Status extends ContentfulStatusCode>(
  c: Context,
  status: Status,
  code: string,
  message: string,
  more: object = {},
) {
  return c.json(problem(code, message, more), status)
}

function validate<Schema extends v.GenericSchema>(schema: Schema, value: unknown, c: Context) {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output as v.InferOutput<Schema>
  const issue = result.issues[0]
  const where = v.getDotPath(issue as v.BaseIssue<unknown>) ?? "the request"
  return fail(c, 400, "malformed", `${where}: ${issue?.message ?? "invalid value"}`)
}

/** Validates a JSON body against its schema; responds 400 with the first issue otherwise. */
export function body<Schema extends v.GenericSchema>(schema: Schema) {
  return validator("json", (value: v.InferInput<Schema>, c) => validate(schema, value, c))
}

/** Validates the query parameters in the same way. */
export function query<Entries extends v.ObjectEntries>(entries: Entries) {
  const schema = v.strictObject(entries)
  return validator("query", (value, c) => validate(schema, value, c))
}

/**
 * Flushes the purge outbox after a committed write. Failed purges stay queued for the client's flush or the cron job.
 */
export async function flush({ catalogue, purge }: Desk): Promise<void> {
  await flushPurges(catalogue, purge, Date.now()).catch((error) => console.error("purge", error))
}
