// The desk's routes for preview links: secret links to unpublished articles.
import { Hono } from "hono/tiny"
import { createRecord } from "../article/kinds.ts"
import { createPreview, listPreviews, type PreviewRow, revokePreviews } from "../store/previews.ts"
import { readSubmitted } from "./change-articles.ts"
import { body, type DeskEnv, fail } from "./context.ts"
import { PreviewSchema, RevokePreviewSchema } from "./schema.ts"

/** `url` is null if only the token's hash is known. */
const describe = ({ path, who, expiresAt }: PreviewRow, url: string | null = null) => {
  return { path, url, who, expires: new Date(expiresAt).toISOString() }
}

export const previewsDesk = new Hono<DeskEnv>()
  .get("/", async (c) => {
    const rows = await listPreviews(c.env.catalogue, Date.now())
    return c.json({ previews: rows.map((row) => describe(row)) })
  })
  .post("/", body(PreviewSchema), async (c) => {
    const { days, ...submitted } = c.req.valid("json")
    // `base` is not read: a preview replaces no revision.
    const { parsed, problems } = await readSubmitted(c.env, [{ ...submitted, base: 0 }], true)
    const [only] = parsed
    if (only === undefined || problems.length > 0) return c.json({ problems }, 422)
    const { kind, path, body: text } = only.article
    if (kind !== "article" && kind !== "page")
      return fail(c, 400, "malformed", `${path} has no page of its own, so it cannot be previewed`)
    const now = Date.now()
    const by = { who: c.var.editor.name, expiresAt: now + days * 86_400_000 }
    const record = createRecord(only.article, only.words, submitted.media)
    const token = await createPreview(c.env, { kind, record, text }, by, now)
    return c.json(describe({ path, ...by }, `${c.env.site.origin}/preview/${token}`), 201)
  })
  .post("/revoke", body(RevokePreviewSchema), async (c) => {
    const { path } = c.req.valid("json")
    const rows = await revokePreviews(c.env, path, c.var.editor.name, Date.now())
    return c.json({ previews: rows.map((row) => describe(row)) })
  })
