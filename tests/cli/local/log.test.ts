import { expect, it } from "vitest"
import { createLog } from "../../../src/cli/local/server.ts"

// As workerd writes them when a disk is full, shortened.
const full = [
  "e = workerd/util/sqlite.c++:1757: failed: SQLite failed; database or disk is full: SQLITE_FULL\nstack: /bin/workerd@3bd",
  "e = rust/worker/ffi.rs:110: overloaded: No space left on device (os error 28)",
  "*** Uncaught exception ***\nSQLite failed; disk I/O error: SQLITE_IOERR (extended: SQLITE_IOERR_SHMSIZE)",
]

it("a full disk is one sentence a minute, however much workerd writes about it", () => {
  const printed: string[] = []
  const log = createLog("/srv/state", {
    error: (text) => printed.push(`error ${text}`),
    log: (text) => printed.push(`log ${text}`),
  })
  const at = (timestamp: number, level: string, message: string) => log({ timestamp, level, message })
  at(1_000, "info", "Hello")
  for (let time = 0; time < 100; time++)
    for (const message of full) at(2_000 + time, time % 2 === 0 ? "error" : "info", message)
  at(3_000, "error", "store failed KV ARTICLES: KV PUT failed: 500 Internal Server Error")
  at(3_000, "warn", "Careful")
  at(70_000, "error", full[0] ?? "")
  const sentence = "error The disk is full: /srv/state cannot be written. Free some space, then try again"
  expect(printed).toEqual([
    "log Hello",
    sentence,
    "error store failed KV ARTICLES: KV PUT failed: 500 Internal Server Error",
    "error Careful",
    sentence,
  ])
})
