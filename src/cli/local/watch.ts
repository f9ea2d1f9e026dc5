// Watches the content folder: what editors save is published in one go when the writes have settled.
import { existsSync, watch } from "node:fs"
import { join } from "node:path"

/** Editors write a file in several steps: wait so long for quiet, milliseconds. */
const quiet = 60

/** Calls `publish` after changes below `folder`, never twice at once. @returns a function that ends the watching */
export function watchFolder(folder: string, publish: (paths?: string[]) => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined
  let running = false
  let again = false
  const changed = new Set<string>()
  async function run(): Promise<void> {
    if (running) {
      again = true
      return
    }
    running = true
    const names = [...changed]
    changed.clear()
    // A picture may belong to any article: then the whole folder is compared.
    await publish(
      names.every((name) => name.endsWith(".md")) ? names.filter((name) => existsSync(join(folder, name))) : undefined,
    )
    running = false
    if (again) {
      again = false
      await run()
    }
  }
  const watcher = watch(folder, { recursive: true }, (_event, name) => {
    if (name === null || /(?:^|[\\/])\./.test(name)) return
    if (!/\.\w+$/.test(name)) return
    changed.add(name.replaceAll("\\", "/"))
    clearTimeout(timer)
    timer = setTimeout(run, quiet)
  })
  return () => {
    clearTimeout(timer)
    watcher.close()
  }
}
