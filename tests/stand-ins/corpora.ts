// The Node side of the tests in workerd: serves folders of other articles as JSON. Run with CORPORA=folder.
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"

const corpora = process.env.CORPORA

/** Answers `/{folder}` with `{ name, source }` of every markdown file of `articles/{folder}`; with none without CORPORA. */
export async function answerCorpora(request: { readonly url: string }): Promise<Response> {
  if (corpora === undefined) return Response.json([])
  const folder = join(corpora, "articles", new URL(request.url).pathname)
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".md") && statSync(join(folder, name)).isFile(),
  )
  return Response.json(names.map((name) => ({ name, source: readFileSync(join(folder, name), "utf8") })))
}
