// Writes docs/schema: front matter, the desk's bodies, and what every command prints with --json, as JSON Schema.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { toJsonSchema } from "@valibot/to-json-schema"
import type { GenericSchema } from "valibot"
import { FrontMatterSchema } from "../article/schema.ts"
import * as desk from "../desk/schema.ts"
import { commands } from "./commands.ts"

const shapes = await Promise.all(commands.map(async ([, name, load]) => [name, (await load()).shape] as const))
const folder = resolve(import.meta.dirname, "../../docs/schema")

/** Every published schema by the name of its file, as text. Checks that JSON Schema cannot say are left out. */
export function describeSchemas(): Map<string, string> {
  const schemas = new Map<string, GenericSchema>([["front-matter.json", FrontMatterSchema]])
  for (const [name, schema] of Object.entries(desk))
    if (name.endsWith("Schema")) schemas.set(`desk-${nameFile(name.slice(0, -6))}.json`, schema as GenericSchema)
  for (const [name, shape] of shapes) if (shape !== undefined) schemas.set(`cli-${name}.json`, shape)
  return new Map([...schemas].map(([file, schema]) => [file, describe(schema)]))
}

function describe(schema: GenericSchema): string {
  const typeMode = "input"
  return `${JSON.stringify(toJsonSchema(schema, { errorMode: "ignore", typeMode }), null, 2)}\n`
}

/** `MissingMedia` as `missing-media`. */
function nameFile(name: string): string {
  return name.replace(/(?<=.)[A-Z]/g, "-$&").toLowerCase()
}

if (import.meta.main) {
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(folder)) rmSync(join(folder, file))
  for (const [file, text] of describeSchemas()) writeFileSync(join(folder, file), text)
}
