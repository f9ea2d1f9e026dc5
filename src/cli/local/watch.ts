// Keeps the local site up to date: watches the content folder, publishes what was saved, reloads open browsers.
import { once } from "node:events"
import { existsSync } from "node:fs"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join, relative } from "node:path"
import { watch } from "chokidar"
import { isPictureName } from "../../article/picture-types.ts"
import { formatProblem } from "../../site/problem.ts"
import { listFiles, openFolder } from "../folder.ts"
import { explainConflict, type PublishOutcome } from "../output.ts"

/** Editors write a file in several steps. Wait this long for quiet, milliseconds. */
const quiet = 60

/** Calls `report` with the files that changed below `folder`, never twice at once. */
export async function watchFolder(folder: string, report: (files: readonly string[]) => Promise<void>) {
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
        await report(files)
      }
    } finally {
      running = false
    }
  }

  const ignored = (path: string) => isHidden(relative(folder, path))
  const watcher = watch(folder, { ignored, ignoreInitial: true, followSymlinks: false })
  watcher.on("all", (event, path) => {
    if (event === "addDir" || event === "unlinkDir") return
    changed.add(relative(folder, path))
    clearTimeout(timer)
    timer = setTimeout(run, quiet)
  })
  watcher.on("error", (error) => console.error(`The content folder is not watched completely: ${error}`))
  await once(watcher, "ready")
  return {
    async stop(): Promise<void> {
      clearTimeout(timer)
      changed.clear()
      await watcher.close()
    },
  }
}

/** Dot files and what editors write beside a file: `.x.swp`, `x~`. */
function isHidden(name: string): boolean {
  return /(?:^|\/)\.(?!\.)|~$/.test(name)
}

export interface Republisher {
  /**
   * @param changed files that were saved; none named: the whole folder
   * @returns whether the site changed
   */
  publish(changed?: readonly string[]): Promise<boolean>
}

type Publish = (files: readonly string[]) => Promise<PublishOutcome>

/**
 * `dateline publish` sends nothing when anything is wrong. Here, a file with a mistake does not hold back the others: it is
 * reported, and tried again with the next save.
 */
export function createRepublisher(
  content: string,
  publish: Publish,
  print: { line(text: string): void; warn(text: string): void },
): Republisher {
  const left = new Set<string>()
  return {
    async publish(changed) {
      const files = chooseFiles(content, changed, left, print)
      for (const file of files) left.add(file)
      const started = performance.now()
      try {
        const outcome = await publishRight(files, publish, (text) => print.warn(text))
        const wrong = new Set(outcome.problems.map(({ file }) => file))
        left.clear()
        for (const file of files) if (wrong.has(file)) left.add(file)
        for (const conflict of outcome.conflicts) print.warn(`Conflict: ${explainConflict(conflict)}`)
        const took = `(${Math.round(performance.now() - started)} ms)`
        const [first, second] = outcome.published
        if (second !== undefined) print.line(`Published ${outcome.published.length} articles ${took}`)
        else if (first !== undefined) print.line(`Published ${first.url} ${took}`)
        return first !== undefined
      } catch (error) {
        print.warn(error instanceof Error ? error.message : String(error))
        return false
      }
    },
  }
}

function chooseFiles(
  content: string,
  changed: readonly string[] | undefined,
  left: ReadonlySet<string>,
  print: { line(text: string): void },
): string[] {
  // A picture may belong to any article: then the whole folder is compared.
  if (changed === undefined || changed.some((file) => isPictureName(file))) return listFiles(openFolder(content))
  const articles = changed.filter((file) => file.endsWith(".md"))
  for (const file of articles.filter((one) => !existsSync(join(content, one))))
    print.line(
      `${file} was deleted, but the article is still live. Take it down with \`npx dateline unpublish /${file.slice(0, -3)}\``,
    )
  return articles.length === 0
    ? []
    : [...new Set([...left, ...articles])].filter((file) => existsSync(join(content, file)))
}

/** Publishes the files that have no mistakes. Each round may find links to files that the last one left out. */
async function publishRight(
  files: readonly string[],
  publish: Publish,
  warn: (text: string) => void,
): Promise<PublishOutcome> {
  const all: PublishOutcome = { published: [], unchanged: [], drafts: [], conflicts: [], problems: [] }
  let rest = [...files]
  while (rest.length > 0) {
    const outcome = await publish(rest)
    for (const problem of outcome.problems) warn(formatProblem(problem))
    all.problems.push(...outcome.problems)
    all.published.push(...outcome.published)
    all.unchanged.push(...outcome.unchanged)
    all.conflicts.push(...outcome.conflicts)
    const wrong = new Set(outcome.problems.map(({ file }) => file))
    const right = rest.filter((file) => !wrong.has(file))
    if (wrong.size === 0 || right.length === rest.length) break
    rest = right
  }
  return all
}

/** Opens a stream of server-sent events, on a free port of the loopback interface, that makes browsers reload. */
export async function openLiveReload() {
  const open = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    const origin = request.headers.origin ?? ""
    const allowed = /^http:\/\/localhost:\d+$/.test(origin) ? { "Access-Control-Allow-Origin": origin } : {}
    response.writeHead(200, { "Content-Type": "text/event-stream", ...allowed })
    response.write(": open\n\n")
    open.add(response)
    response.on("close", () => open.delete(response))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://localhost:${port}/`,
    reload() {
      for (const response of open) response.write("data: reload\n\n")
    },
    stop() {
      for (const response of open) response.destroy()
      server.close()
    },
  }
}
