// Watches the content folder: tells what was saved, once the writes have settled.
import { type FSWatcher, readdirSync, statSync, watch } from "node:fs"
import { join } from "node:path"

/** Editors write a file in several steps: wait so long for quiet, milliseconds. */
const quiet = 60

export interface FolderWatch {
  stop(): void
}

/**
 * Calls `tell` with the files that changed below `folder`, never twice at once.
 *
 * A watcher for each folder: Node's recursive one follows files, not names, on Linux, and is deaf after an editor's second
 * save by renaming (node 24.21: a file that was replaced is watched no more).
 */
export function watchFolder(folder: string, tell: (files: readonly string[]) => Promise<void>): FolderWatch {
  const watchers = new Map<string, FSWatcher>()
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let running = false

  async function run(): Promise<void> {
    if (running) return
    running = true
    try {
      while (changed.size > 0) {
        const files = [...changed]
        changed.clear()
        await tell(files)
      }
    } finally {
      running = false
    }
  }

  function note(file: string): void {
    changed.add(file)
    clearTimeout(timer)
    timer = setTimeout(run, quiet)
  }

  function forget(name: string): void {
    for (const [path, watcher] of watchers)
      if (path === name || path.startsWith(`${name}/`)) {
        watcher.close()
        watchers.delete(path)
      }
  }

  /** @param fresh the folder came while we watched: what is in it is new, too */
  function follow(name: string, fresh: boolean): void {
    const watcher = watch(join(folder, name), (event, changedName) => {
      if (changedName !== null) look(event, name === "" ? changedName : `${name}/${changedName}`)
    })
    watcher.on("error", () => forget(name))
    watchers.set(name, watcher)
    // Listed after the watcher is there: nothing falls between.
    for (const entry of readdirSync(join(folder, name), { withFileTypes: true })) {
      const path = name === "" ? entry.name : `${name}/${entry.name}`
      if (isHidden(path)) continue
      if (entry.isDirectory()) tryToFollow(path, fresh)
      else if (fresh && entry.isFile()) note(path)
    }
  }

  function tryToFollow(name: string, fresh: boolean): void {
    try {
      follow(name, fresh)
    } catch (error) {
      forget(name)
      // Gone again already.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
    }
  }

  function look(event: string, name: string): void {
    if (isHidden(name)) return
    const isFolder = statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory()
    if (isFolder === undefined && watchers.has(name)) forget(name)
    else if (isFolder !== true) note(name)
    else if (event === "rename") {
      // It came, or another came under its name.
      forget(name)
      tryToFollow(name, true)
    }
  }

  follow("", false)
  return {
    stop() {
      clearTimeout(timer)
      changed.clear()
      forget("")
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

/** Dot files and what editors write beside a file: `.x.swp`, `x~`, `4913`. */
function isHidden(name: string): boolean {
  return /(?:^|\/)\.|~$/.test(name)
}
