// Watches the content folder: what editors save is published in one go when the writes have settled.
import { watch } from "node:fs"

/** Editors write a file in several steps: wait so long for quiet, milliseconds. */
const quiet = 60

/** Calls `publish` after changes below `folder`, never twice at once. @returns a function that ends the watching */
export function watchFolder(folder: string, publish: (paths?: string[]) => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined
  let running = false
  let again = false
  async function run(): Promise<void> {
    if (running) {
      again = true
      return
    }
    running = true
    await publish()
    running = false
    if (again) {
      again = false
      await run()
    }
  }
  const watcher = watch(folder, { recursive: true }, (_event, name) => {
    if (name === null || /(?:^|[\\/])\./.test(name)) return
    clearTimeout(timer)
    timer = setTimeout(run, quiet)
  })
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}
