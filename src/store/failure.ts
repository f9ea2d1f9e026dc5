// Distinguishes store failures (StoreFailure: 503, try again) from bugs in our own code (500, logged with the stack).

/** A store failed or took too long. The cause stays in the log; readers see a plain 503. */
export class StoreFailure extends Error {
  override readonly name = "StoreFailure"
}

// `work` may belong to another request (several asked for the same page at once), but what follows must run in this
// request's own context. `await` and `Promise.race` ensure that. Calling `resolve` from our own `then` does so only
// until V8 optimises that code: after that, requests fail with "Cannot perform I/O on behalf of a different request",
// and connections close without a response (workerd 1.20261023.1, after about a thousand such cache fills).
/**
 * Waits for `work`, at most `ms` milliseconds. Pass Infinity if something else limits the wait: that saves a timer.
 * @throws StoreFailure when it takes longer, and whatever `work` throws
 */
export async function withinDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  if (ms === Number.POSITIVE_INFINITY) return await work
  let timer: ReturnType<typeof setTimeout> | null = null
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreFailure(`${what}: no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, expiry])
  } finally {
    clearTimeout(timer)
  }
}

/** Whether an error is a bug in our code. A store that rejects a request (bad SQL, a bad key) is a bug too. */
export function isBug(error: unknown): boolean {
  if (error instanceof StoreFailure || !(error instanceof Error)) return false
  if (/^(?:Type|Range|Syntax|Reference)Error$/.test(error.name)) return true
  return /SQLITE_(?:ERROR|CONSTRAINT|MISMATCH|RANGE|TOOBIG)|KV \w+ failed: 4(?!29)/.test(error.message)
}

/** Calls something outside this Worker. @throws StoreFailure when it fails or hangs; rethrows bugs unchanged */
export async function callStore<T>(call: () => Promise<T>, ms: number, what: string): Promise<T> {
  try {
    return await withinDeadline(call(), ms, what)
  } catch (error) {
    if (error instanceof StoreFailure || isBug(error)) throw error
    throw new StoreFailure(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Makes one round trip to a store. */
export type Trip = <T>(go: () => Promise<T>) => Promise<T>

/** Wraps a database so that every round trip goes through `trip`. Only `batch` makes any (sql.ts). */
export function wrapDatabase(db: D1Database, trip: Trip): D1Database {
  return {
    prepare: (query) => db.prepare(query),
    batch: (statements) => trip(() => db.batch(statements)),
  } satisfies Pick<D1Database, "prepare" | "batch"> as D1Database
}

function wrapNamespace(kv: KVNamespace, trip: Trip): KVNamespace {
  return new Proxy(kv, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      return typeof value === "function" ? (...args: unknown[]) => trip(() => value.apply(target, args)) : value
    },
  })
}

/** The same bindings, with stores that answer each call within `ms` milliseconds or throw a StoreFailure. */
export function guardStores(env: Env, ms: number): Env {
  const guard =
    (what: string): Trip =>
    (go) =>
      callStore(go, ms, what)
  return {
    ...env,
    CATALOGUE: wrapDatabase(env.CATALOGUE, guard("the catalogue")),
    PEOPLE: wrapDatabase(env.PEOPLE, guard("the people database")),
    ARTICLES: wrapNamespace(env.ARTICLES, guard("KV ARTICLES")),
    MEMBERS_ARTICLES: wrapNamespace(env.MEMBERS_ARTICLES, guard("KV MEMBERS_ARTICLES")),
    MEDIA: wrapNamespace(env.MEDIA, guard("KV MEDIA")),
  }
}

/** Logs a bug with its stack. @returns the id to show in the response */
export function logBug(error: unknown, what = ""): string {
  const id = crypto.randomUUID()
  console.error("failed", id, what, error)
  return id
}
