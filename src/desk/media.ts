// The desk's routes for pictures and their variants, the resized copies that the CLI makes.
import { Hono } from "hono/tiny"
import { fileTypes } from "../article/media-types.ts"
import { hashContent } from "../store/bodies.ts"
import {
  explainPictureBytes,
  findMissingMedia,
  findUnsized,
  keepPicture,
  keepVariants,
  listUnsized,
  replacePicture,
  sweepMedia,
} from "../store/media.ts"
import { flushPurges } from "../store/purges.ts"
import { body, type DeskEnv, fail } from "./context.ts"
import { MissingMediaSchema, ReplacePictureSchema, SweepMediaSchema, UnsizedSchema, VariantsSchema } from "./schema.ts"

/** How many pictures one run of the CLI makes variants for, besides those that it publishes. */
const mostSized = 100

export const mediaDesk = new Hono<DeskEnv>()
  .post("/missing", body(MissingMediaSchema), async (c) => {
    const { catalogue } = c.env
    const { hashes, version } = c.req.valid("json")
    const missing = await findMissingMedia(catalogue, hashes)
    return c.json({ missing, unsized: version === undefined ? [] : await findUnsized(catalogue, hashes, version) })
  })
  .post("/unsized", body(UnsizedSchema), async (c) =>
    c.json({ pictures: await listUnsized(c.env.catalogue, c.req.valid("json").version, mostSized) }),
  )
  .post("/variants", body(VariantsSchema), async (c) => {
    const { catalogue } = c.env
    const { pictures, version } = c.req.valid("json")
    const [absent] = await findMissingMedia(catalogue, [
      ...new Set(pictures.flatMap(({ files }) => files.map(({ sha256 }) => sha256))),
    ])
    if (absent !== undefined) return fail(c, 404, "absent", `the picture ${absent} is not on the site: upload it first`)
    const sized = pictures.map(({ sha256, files }) => ({
      sha256,
      files: files.map((file) => ({ src: `/media/${file.sha256}.${file.extension}`, width: file.width })),
    }))
    await keepVariants(catalogue, sized, version, Date.now())
    return c.json({ kept: sized.length })
  })
  .post("/sweep", body(SweepMediaSchema), async (c) => {
    // Purge the pages that refer to a replaced picture before its bytes are deleted.
    await flushPurges(c.env.catalogue, c.env.purge, Date.now())
    return c.json(await sweepMedia(c.env, c.req.valid("json").after, Date.now()))
  })
  .post("/replace", body(ReplacePictureSchema), async (c) => {
    const { old, picture } = c.req.valid("json")
    if ((await findMissingMedia(c.env.catalogue, [picture.sha256])).length > 0)
      return fail(c, 404, "absent", `the picture ${picture.sha256} is not on the site: upload it first`)
    await replacePicture(c.env.catalogue, old, picture, c.var.editor.name, Date.now())
    return c.json({ replaced: old })
  })
  .put("/:name", async (c) => {
    const [hash = "", extension = ""] = c.req.param("name").split(".")
    if (!Object.hasOwn(fileTypes, extension))
      return fail(c, 400, "malformed", `the extension must be one of ${Object.keys(fileTypes).join(", ")}`)
    // If the connection closed early, bytes are missing and the hash does not match.
    const bytes = new Uint8Array(await c.req.arrayBuffer().catch(() => new ArrayBuffer()))
    if ((await hashContent(bytes)) !== hash)
      return fail(c, 400, "torn", "the bytes do not match this SHA-256: send the picture again")
    const wrong = explainPictureBytes(bytes, extension)
    if (wrong !== null)
      return fail(c, 400, "unclean", `${wrong}: use the current version of \`dateline publish\`, which cleans pictures`)
    await keepPicture(c.env, { sha256: hash, extension, bytes }, Date.now())
    return c.json({ src: `/media/${hash}.${extension}` }, 201)
  })
