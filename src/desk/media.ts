// The desk's routes for pictures: what is missing, uploads, and the replacement of those that carry metadata.
import { Hono } from "hono"
import { largestPicture, pictureExtensions } from "../article/picture-types.ts"
import { hashContent } from "../store/bodies.ts"
import { explainPictureBytes, findMissingMedia, keepPicture, replacePicture, sweepMedia } from "../store/media.ts"
import { flushPurges } from "../store/purges.ts"
import { body, type Desk, type DeskEnv, problem } from "./desk.ts"
import { MissingMediaSchema, ReplacePictureSchema, SweepMediaSchema } from "./schema.ts"

const tooLarge = problem("too-large", `a picture may have ${largestPicture / 1024 / 1024} MiB: make it smaller`)
const storesOf = (desk: Desk) => ({ db: desk.catalogue, media: desk.media })

export const mediaDesk = new Hono<DeskEnv>()
  .post("/missing", body(MissingMediaSchema), async (c) =>
    c.json({ missing: await findMissingMedia(c.env.desk.catalogue, c.req.valid("json").hashes) }),
  )
  .post("/sweep", body(SweepMediaSchema), async (c) => {
    const { desk } = c.env
    // Pages forget a replaced picture's address before its bytes go.
    await flushPurges(desk.catalogue, desk.purge, Date.now())
    return c.json(await sweepMedia(storesOf(desk), c.req.valid("json").after, Date.now()))
  })
  .post("/replace", body(ReplacePictureSchema), async (c) => {
    const { desk } = c.env
    const { old, picture } = c.req.valid("json")
    if ((await findMissingMedia(desk.catalogue, [picture.sha256])).length > 0)
      return c.json(problem("absent", `the picture ${picture.sha256} is not at the desk: upload it first`), 404)
    await replacePicture(desk.catalogue, old, picture, c.var.editor.name, Date.now())
    return c.json({ replaced: old })
  })
  .put("/:name", async (c) => {
    const [hash = "", extension = ""] = c.req.param("name").split(".")
    if (!(pictureExtensions as readonly string[]).includes(extension))
      return c.json(problem("malformed", `pictures are ${pictureExtensions.join(", ")}`), 400)
    if (Number(c.req.header("Content-Length") ?? 0) > largestPicture) return c.json(tooLarge, 413)
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    if (bytes.length > largestPicture) return c.json(tooLarge, 413)
    if ((await hashContent(bytes)) !== hash)
      return c.json(problem("torn", "the bytes do not have this SHA-256: send the picture again"), 400)
    const wrong = explainPictureBytes(bytes, extension)
    if (wrong !== null)
      return c.json(problem("unclean", `${wrong}: \`dateline publish\` removes it; update the command line`), 400)
    await keepPicture(storesOf(c.env.desk), { sha256: hash, extension, bytes }, Date.now())
    return c.json({ src: `/media/${hash}.${extension}` }, 201)
  })
