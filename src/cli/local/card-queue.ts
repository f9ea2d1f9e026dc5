// Social cards of a site on this machine: drawn one publish after the other, once the site is ready, behind every save.

export interface CardQueue {
  /** Takes the drawing of a publish; it reports its own failures. */
  add(draw: () => Promise<void>): void
  /** Begins with what has been added; from now on each is drawn as it comes. */
  open(): void
}

/** A queue that waits until it is opened. */
export function createCardQueue(): CardQueue {
  const opened = Promise.withResolvers<void>()
  let last = opened.promise
  return {
    add(draw) {
      last = last.then(draw)
    },
    open: () => opened.resolve(),
  }
}
