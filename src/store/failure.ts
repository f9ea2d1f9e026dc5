// When a store does not give what it should: an error, a hang, a torn value. Readers get 503, never 404.

/** A store failed or took too long. The cause stays in the log; readers see a plain 503. */
export class StoreFailure extends Error {
  override readonly name = "StoreFailure"
}

// Where `work` is another request's (the same page, asked for by several at once), what follows must run in this one's own
// context. `await` and `Promise.race` hand it over; a `resolve` called from a `then` of ours does so until V8 has optimized
// that code, and then not: "Cannot perform I/O on behalf of a different request", connections closed without an answer
// (workerd 1.20261023.1, after about a thousand such fills).
/**
 * Waits for `work`, at most `ms` milliseconds.
 * @throws StoreFailure when it fails or takes longer
 */
export async function withinDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreFailure(`${what}: no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, expiry])
  } catch (error) {
    if (error instanceof StoreFailure) throw error
    throw new StoreFailure(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
