// The Worker's stores, under the names that the desk, the account and mail use. Each function takes only what it needs.
import type { MembersBodies } from "./bodies.ts"

export interface Stores {
  readonly catalogue: D1Database
  readonly people: D1Database
  readonly bodies: MembersBodies
  readonly media: KVNamespace
}

/** The catalogue, with the stores of the texts that it refers to. */
export type Texts = Pick<Stores, "catalogue" | "bodies">

export function openStores(env: Env): Stores {
  const bodies = { articles: env.ARTICLES, members: env.MEMBERS_ARTICLES }
  return { catalogue: env.CATALOGUE, people: env.PEOPLE, bodies, media: env.MEDIA }
}
