// When a store does not give what it should: an error, a hang, a torn value. Readers get 503, never 404.

/** A store failed or took too long. The cause stays in the log; readers see a plain 503. */
export class StoreFailure extends Error {
  override readonly name = "StoreFailure"
}

/**
 * Waits for `work`, at most `ms` milliseconds.
 * @throws StoreFailure when it fails or takes longer
 */
export function withinDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new StoreFailure(`${what}: no answer within ${ms} ms`)), ms)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error: unknown) => {
        clearTimeout(timer)
        const message = error instanceof Error ? error.message : String(error)
        reject(error instanceof StoreFailure ? error : new StoreFailure(`${what}: ${message}`, { cause: error }))
      },
    )
  })
}
