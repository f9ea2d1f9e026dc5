// The desk's routes for editors and their keys, for admins only.
import { Hono } from "hono"
import { addEditor, listEditors, revokeEditor } from "../store/credentials.ts"
import { body, type DeskEnv, problem } from "./desk.ts"
import { EditorSchema } from "./schema.ts"

export const editorsDesk = new Hono<DeskEnv>()
  .get("/", async (c) => c.json({ editors: await listEditors(c.env.people) }))
  .post("/", body(EditorSchema), async (c) => {
    const { name, role } = c.req.valid("json")
    const key = await addEditor(c.env.people, name, role, Date.now())
    if (key === null) return c.json(problem("taken", `an editor has or had the name ${name}: choose another name`), 409)
    return c.json({ name, role, key }, 201)
  })
  .delete("/:name", async (c) => {
    const name = c.req.param("name")
    if (!(await revokeEditor(c.env.people, name, Date.now())))
      return c.json(problem("absent", `there is no editor ${name}`), 404)
    return c.json({ name })
  })
