// The desk's routes for archives, for admins only: tables and texts are read as they are stored, and written back into
// an empty site. Each request carries few enough texts to stay within the free plan's 50 subrequests (platform limit).
import type { Context } from "hono"
import { Hono } from "hono/tiny"
import * as v from "valibot"
import {
  beginRestore,
  type DatabaseName,
  endRestore,
  findRestore,
  hasPeople,
  queueForSearch,
  readHashesAfter,
  readMoment,
  readRowsAfter,
  readTables,
  writeRows,
} from "../store/archive.ts"
import { hashContent, putBytes, readBody } from "../store/bodies.ts"
import { body, type Desk, type DeskEnv, fail, flush, problem, query } from "./context.ts"
import { reindexQueued } from "./reindex.ts"
import { Hash } from "./schema.ts"

const Database = v.picklist(["catalogue", "people"])
const Texts = v.picklist(["articles", "members"])
const Name = v.pipe(v.string(), v.maxLength(100))
const Value = v.nullable(v.union([v.string(), v.number()]))
/** The key of the last row read. */
const Key = v.pipe(v.string(), v.parseJson(), v.array(v.union([v.string(), v.number()])))
const textsAtOnce = 40
/** The maximum length of a response, in characters, unless its first text alone is longer. */
const mostText = 2_000_000
const TextsSchema = v.strictObject({ store: Texts, hashes: v.pipe(v.array(Hash), v.maxLength(textsAtOnce)) })
const restore = { archive: Hash }
const RestoreSchema = v.strictObject(restore)
/** `people`: whether the archive contains members or subscribers. */
const BeginSchema = v.strictObject({ ...restore, people: v.boolean() })
const SomeTexts = v.pipe(v.array(v.string()), v.maxLength(textsAtOnce))
const RestoreTextsSchema = v.strictObject({ ...restore, store: Texts, texts: SomeTexts })
const Rows = v.array(v.record(v.string(), Value))
const RestoreRowsSchema = v.strictObject({ ...restore, database: Database, table: Name, rows: Rows })
/** `begin`: whether to queue all articles for indexing first. */
const RestoreSearchSchema = v.strictObject({ ...restore, begin: v.boolean() })

export const archiveDesk = new Hono<DeskEnv>()
  .get("/", async (c) => {
    const { catalogue, people } = c.env
    const moment = await readMoment(catalogue)
    return c.json({ moment, catalogue: await readTables(catalogue), people: await readTables(people) })
  })
  // `after`: the key of the last row read, as JSON. Without it, starts at the first row.
  .get("/rows", query({ database: Database, table: Name, after: v.optional(v.string()) }), async (c) => {
    const { database, table: name, after } = c.req.valid("query")
    const table = await findTable(c.env, database, name)
    if (table === undefined) return c.json(noTable(name), 404)
    const key = after === undefined ? null : v.safeParse(Key, after)
    if (key !== null && (!key.success || key.output.length !== table.key.length))
      return fail(c, 400, "malformed", `after: a key of ${name} is a JSON array of length ${table.key.length}`)
    return c.json(await readRowsAfter(c.env[database], table, key?.output ?? null))
  })
  .get("/hashes", query({ store: Texts, after: v.optional(v.pipe(v.string(), v.maxLength(64)), "") }), async (c) => {
    const { store, after } = c.req.valid("query")
    const hashes = await readHashesAfter(c.env.catalogue, store, after)
    return c.json({ hashes, next: hashes.length === 1000 ? (hashes.at(-1) ?? null) : null })
  })
  // Returns as many of the texts as fit, in the given order.
  .post("/texts", body(TextsSchema), async (c) => {
    const { store, hashes } = c.req.valid("json")
    const texts: string[] = []
    let size = 0
    for (const hash of hashes) {
      const text = await readBody(c.env.bodies[store], hash)
      size += text.length
      if (texts.length > 0 && size > mostText) break
      texts.push(text)
    }
    return c.json({ texts })
  })
  .post("/restore", body(BeginSchema), async (c) => {
    const { archive, people } = c.req.valid("json")
    if (await isRestoring(c, archive)) return c.json({ archive })
    if (people && (await hasPeople(c.env.people)))
      return fail(c, 409, "taken", "the site has members or subscribers: restore an archive into an empty site")
    if (await beginRestore(c.env.catalogue, archive, c.var.editor.name, Date.now())) return c.json({ archive })
    return fail(c, 409, "taken", "the site already has articles: restore an archive into an empty site")
  })
  .post("/restore/texts", body(RestoreTextsSchema), async (c) => {
    const { archive, store, texts } = c.req.valid("json")
    if (!(await isRestoring(c, archive))) return c.json(notBegun, 409)
    const kv = c.env.bodies[store]
    await Promise.all(texts.map(async (text) => putBytes(kv, await hashContent(text), new TextEncoder().encode(text))))
    return c.json({ written: texts.length })
  })
  .post("/restore/rows", body(RestoreRowsSchema), async (c) => {
    const { archive, database, table: name, rows } = c.req.valid("json")
    if (!(await isRestoring(c, archive))) return c.json(notBegun, 409)
    const table = await findTable(c.env, database, name)
    if (table === undefined) return c.json(noTable(name), 404)
    const named = new Set(rows.flatMap((row) => Object.keys(row)))
    const [unknown] = [...named.difference(new Set(["rowid", ...table.columns]))]
    if (unknown !== undefined)
      return fail(c, 400, "malformed", `${name} has no column ${unknown}: deploy the version that made the archive`)
    const refused = await writeRows(c.env[database], table, rows)
    if (refused !== null) return fail(c, 400, "malformed", `a row does not fit into ${name}: ${refused}`)
    return c.json({ written: rows.length })
  })
  .post("/restore/search", body(RestoreSearchSchema), async (c) => {
    const { archive, begin } = c.req.valid("json")
    if (!(await isRestoring(c, archive))) return c.json(notBegun, 409)
    if (begin) await queueForSearch(c.env.catalogue)
    return c.json({ left: await reindexQueued(c.env, c.env.site, Date.now()) })
  })
  .post("/restore/end", body(RestoreSchema), async (c) => {
    const { archive } = c.req.valid("json")
    if (!(await isRestoring(c, archive))) return c.json(notBegun, 409)
    await endRestore(c.env.catalogue, archive, c.var.editor.name, Date.now())
    await flush(c.env)
    return c.json({ archive })
  })

const notBegun = problem("conflict", "this archive is not being restored: run `dateline restore` again")
const noTable = (name: string) =>
  problem("absent", `there is no table ${name}: deploy the version that made the archive`)

async function findTable(desk: Desk, database: DatabaseName, name: string) {
  return (await readTables(desk[database])).find((table) => table.name === name)
}

async function isRestoring(c: Context<DeskEnv>, archive: string): Promise<boolean> {
  return (await findRestore(c.env.catalogue)) === archive
}
