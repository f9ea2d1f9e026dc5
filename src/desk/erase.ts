// The desk's routes that erase an article's texts and pictures for good, for admins only. The client repeats the second
// until nothing is left.
import { Hono } from "hono"
import { continueErasure, eraseRevisions } from "../store/erase.ts"
import { revokePreviews } from "../store/previews.ts"
import { readHeads } from "../store/publish.ts"
import { body, type DeskEnv, flush, problem } from "./desk.ts"
import { EraseContinueSchema, EraseSchema } from "./schema.ts"

const tries = 5

export const eraseDesk = new Hono<DeskEnv>()
  .post("/", body(EraseSchema), async (c) => {
    const { path, reason } = c.req.valid("json")
    for (let attempt = 0; attempt < tries; attempt++) {
      const head = (await readHeads(c.env.catalogue, [path])).get(path)
      if (head === undefined) return c.json(problem("absent", `no article was ever published at ${path}`), 404)
      const revisions = await eraseRevisions(c.env.catalogue, head, { who: c.var.editor.name, reason }, Date.now())
      if (revisions === null) continue
      await revokePreviews(c.env, path, c.var.editor.name, Date.now())
      await flush(c.env)
      return c.json({ path, revisions, live: head.live !== 0 }, 200)
    }
    return c.json(problem("conflict", "the article kept changing: try again"), 409)
  })
  .post("/continue", body(EraseContinueSchema), async (c) =>
    c.json({ left: await continueErasure(c.env, c.req.valid("json").path) }),
  )
