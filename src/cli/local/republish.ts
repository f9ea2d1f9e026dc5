// Publishes for `npm start`: what is right goes live, what is wrong is told and tried again with the next save.
import { existsSync } from "node:fs"
import { join } from "node:path"
import { isPictureName } from "../../article/picture-types.ts"
import { formatProblem } from "../../site/problem.ts"
import { explainConflict } from "../conflicts.ts"
import { listFiles, openFolder } from "../folder.ts"
import type { PublishOutcome } from "../shapes.ts"

export interface Republisher {
  /**
   * @param changed files that were saved; none named: the whole folder
   * @returns whether the site changed
   */
  publish(changed?: readonly string[]): Promise<boolean>
}

type Publish = (files: readonly string[]) => Promise<PublishOutcome>

/**
 * The command line publishes nothing when anything is wrong. Here an editor looks at what they write: one file with a
 * mistake does not keep the others from the page.
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
        for (const conflict of outcome.conflicts) print.warn(`conflict ${explainConflict(conflict)}`)
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
      `${file} left the folder. What is live stays live: end it with \`npx dateline unpublish /${file.slice(0, -3)}\``,
    )
  return articles.length === 0
    ? []
    : [...new Set([...left, ...articles])].filter((file) => existsSync(join(content, file)))
}

/** Publishes without the files that have mistakes; each round may find links to what the last one left out. */
async function publishRight(
  files: readonly string[],
  publish: Publish,
  warn: (text: string) => void,
): Promise<PublishOutcome> {
  const all: PublishOutcome = { published: [], unchanged: [], conflicts: [], problems: [] }
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
