// Keeps the local site up to date: watches the content folder, publishes saved files and reloads open browsers.
import { once } from "node:events"
import { existsSync } from "node:fs"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join, relative } from "node:path"
import { watch } from "chokidar"
import { isPictureName } from "../../article/media-types.ts"
import { formatProblem } from "../../site/problem.ts"
import { explainFailure } from "../commander.ts"
import { listFiles, openFolder, pathOf } from "../content-folder.ts"
import { explainConflict, type Output, type PublishOutcome } from "../output.ts"

/** How long to wait after the last change, in milliseconds: text editors save a file in several steps. */
const quiet = 60

/** Calls `report` with the files that changed in `folder`, one call at a time. */
export async function watchFolder(folder: string, report: (files: readonly string[]) => Promise<void>) {
  const changed = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let reported = Promise.resolve()

  async function run(): Promise<void> {
    const files = [...changed]
    changed.clear()
    if (files.length > 0) await report(files)
  }

  // Dotfiles and text editors' temporary files: `.x.swp`, `x~`.
  const ignored = (path: string) => /(?:^|\/)\.(?!\.)|~$/.test(relative(folder, path))
  const watcher = watch(folder, { ignored, ignoreInitial: true, followSymlinks: false })
  watcher.on("all", (event, path) => {
    if (event === "addDir" || event === "unlinkDir") return
    changed.add(relative(folder, path))
    clearTimeout(timer)
    timer = setTimeout(() => {
      reported = reported.then(run)
    }, quiet)
  })
  watcher.on("error", (error) =>
    console.error(`Not all saved files will be noticed: ${(error as Error).message}. Run \`npx dateline publish\``),
  )
  await once(watcher, "ready")
  return {
    async stop(): Promise<void> {
      clearTimeout(timer)
      changed.clear()
      await watcher.close()
    },
  }
}

/** @param listed all files in the folder */
type Publish = (files: readonly string[], listed: readonly string[]) => Promise<PublishOutcome>

type Print = Pick<Output, "line" | "warn">

/**
 * `dateline publish` sends nothing if there is any mistake. Here, files without mistakes are still published; the
 * others are reported and tried again at the next save.
 */
export function createRepublisher(content: string, publish: Publish, { line, warn }: Print) {
  let waiting: readonly string[] = []
  let mistakes: string[] = []
  /** The addresses that this run has published, or found unchanged. */
  const live = new Set<string>()

  function complain(text: string): void {
    if (!mistakes.includes(text)) mistakes.push(text)
    warn(text)
  }

  /** All files in the folder, and those to publish, or null if no article is affected. */
  function chooseFiles(changed?: readonly string[]): { listed: string[]; files: string[] | null } {
    // Links and conflicted copies are not in this list. `publish` refuses them, and then sends nothing.
    const listed = listFiles(openFolder(content), (skipped, file) => changed?.includes(file) && line(skipped))
    // A picture may belong to any article, so the whole folder is compared.
    if (changed === undefined || changed.some(isPictureName)) return { listed, files: listed }
    const articles = changed.filter((file) => file.endsWith(".md"))
    for (const file of articles.filter((one) => !existsSync(join(content, one)) && live.has(pathOf(one))))
      line(`${file} was deleted. To take the article down too, run \`npx dateline unpublish ${pathOf(file)}\``)
    const wanted = new Set([...waiting, ...articles])
    return { listed, files: articles.length === 0 ? null : listed.filter((file) => wanted.has(file)) }
  }

  /** Publishes the files without mistakes. Each round may find links to files that the previous one left out. */
  async function publishRight(files: readonly string[], listed: readonly string[]): Promise<PublishOutcome> {
    // To `publish`, an empty list means the whole folder.
    if (files.length === 0) return { published: [], unchanged: [], drafts: [], conflicts: [], problems: [] }
    const outcome = await publish(files, listed)
    const { problems } = outcome
    for (const problem of problems) complain(formatProblem(problem))
    const right = files.filter((file) => !problems.some((problem) => problem.file === file))
    if (right.length === files.length) return outcome
    const rest = await publishRight(right, listed)
    return { ...rest, problems: [...problems, ...rest.problems] }
  }

  return {
    mistakes: (): readonly string[] => mistakes,
    /** @param changed files that were saved; by default, the whole folder. @returns whether the site changed */
    async publish(changed?: readonly string[]): Promise<boolean> {
      const started = performance.now()
      try {
        const { listed, files } = chooseFiles(changed)
        if (files === null) return false
        waiting = files
        const before = mistakes.length
        mistakes = []
        const { published, unchanged, conflicts, problems } = await publishRight(files, listed)
        for (const path of [...published.map((one) => one.path), ...unchanged]) live.add(path)
        waiting = files.filter((file) => problems.some((problem) => problem.file === file))
        for (const conflict of conflicts) complain(`Conflict: ${explainConflict(conflict)}`)
        const [first] = published
        const what = published.length > 1 ? `${published.length} articles` : first?.url
        if (first !== undefined) line(`Published ${what} (${Math.round(performance.now() - started)} ms)`)
        else if (before > 0 && mistakes.length === 0) line("No mistakes are left")
        return first !== undefined
      } catch (error) {
        complain(explainFailure(error as Error))
        return false
      }
    },
  }
}

/** Serves a stream of server-sent events to open browsers, on a free loopback port. */
export async function openLiveReload() {
  const open = new Set<ServerResponse>()
  let mistakes = ""
  // An event is `null` to reload the page, or the mistakes to show. See src/reader/page.ts.
  const send = (response: ServerResponse, data: string | null) => response.write(`data: ${JSON.stringify(data)}\n\n`)
  const server = createServer((request, response) => {
    const origin = request.headers.origin ?? ""
    const allowed = /^http:\/\/localhost:\d+$/.test(origin) ? { "Access-Control-Allow-Origin": origin } : {}
    response.writeHead(200, { "Content-Type": "text/event-stream", ...allowed })
    send(response, mistakes)
    open.add(response)
    response.on("close", () => open.delete(response))
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}/`,
    /** Reloads open pages, or shows the mistakes on them. */
    update(changed: boolean, wrong: readonly string[]) {
      mistakes = wrong.join("\n")
      for (const response of open) send(response, changed ? null : mistakes)
    },
    stop() {
      for (const response of open) response.destroy()
      server.close()
    },
  }
}
