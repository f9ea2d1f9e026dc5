// What every route of the desk shares: what it works with, how it reads a body, how it says that something is wrong.
import { validator } from "hono/validator"
import * as v from "valibot"
import type { SiteConfig } from "../site/site.ts"
import type { MembersBodies } from "../store/bodies.ts"
import type { Editor } from "../store/credentials.ts"
import type { Purge } from "../store/purges.ts"

/** What the desk works with; the Worker hands it over with each request. */
export interface Desk {
  readonly site: SiteConfig
  readonly version: string
  readonly catalogue: D1Database
  readonly people: D1Database
  readonly bodies: MembersBodies
  readonly media: KVNamespace
  readonly adminKey: string | undefined
  readonly purge: Purge
}

/** What a route of the desk is handed by Hono. */
export interface DeskEnv {
  Bindings: { desk: Desk }
  Variables: { editor: Editor }
}

/** A failure as every answer of the desk tells it. */
export function problem(code: string, message: string, more: object = {}) {
  return { error: { code, message, ...more } }
}

/** Reads a JSON body by its schema; 400 says what is wrong with it. */
export function body<Schema extends v.GenericSchema>(schema: Schema) {
  return validator("json", (value: v.InferInput<Schema>, c) => {
    const result = v.safeParse(schema, value)
    if (result.success) return result.output as v.InferOutput<Schema>
    const issue = result.issues[0]
    const where = v.getDotPath(issue as v.BaseIssue<unknown>) ?? "the request"
    return c.json(problem("malformed", `${where}: ${issue?.message ?? "not as the desk expects it"}`), 400)
  })
}

/** Names a route's query parameters for the client's types. */
export function query<Name extends string>(..._names: Name[]) {
  return validator("query", (value) => value as { [Key in Name]?: string })
}
