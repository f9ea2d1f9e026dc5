// docs/schema matches the code: run `npm run schemas` after changing front matter, the desk or a --json shape.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { describeSchemas } from "../src/cli/generate.ts"

const folder = join(import.meta.dirname, "../docs/schema")
const wanted = describeSchemas()

it("publishes every schema, and no other", () => {
  expect(readdirSync(folder).sort()).toEqual([...wanted.keys()].sort())
})

it.each([...wanted])("%s matches the code", (file, text) => {
  expect(readFileSync(join(folder, file), "utf8")).toBe(text)
})
