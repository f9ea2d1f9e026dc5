// Local keys: made at the first start, kept in the state folder, readable by their owner alone.
import { randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { writePrivateFile } from "../private-files.ts"

/** The key kept in `STATE/name`, made when it is not there. */
export function keepKey(state: string, name: string): string {
  const file = join(state, name)
  if (!existsSync(file)) writePrivateFile(file, `${randomBytes(32).toString("base64url")}\n`)
  return readFileSync(file, "utf8").trim()
}
