// Loaded before the CLI and the programs of npm scripts. If dateline.config.ts cannot be loaded, says where and why.
import { fileURLToPath } from "node:url"

// Node lets FORCE_COLOR, which CI services set, override NO_COLOR, and warns about it as soon as it loads more.
if (process.env.NO_COLOR) delete process.env.FORCE_COLOR

const file = new URL("../../dateline.config.ts", import.meta.url).href
try {
  const { default: config } = await import(file)
  if (Object(config) !== config) report("1:1", "has no default export", "write `export default { … }`")
} catch (error) {
  const [, line = "1", column = "1"] = /dateline\.config\.ts:(\d+)(?::(\d+))?/.exec(error.stack) ?? []
  // The path of this project says nothing to its owner.
  const why = String(error.message)
    .split("\n")[0]
    .replaceAll(fileURLToPath(new URL(".", file)), "")
  report(`${line}:${column}`, `cannot be loaded: ${why}`, "correct it, or take back the last change")
}

function report(place, what, fix) {
  console.error(`dateline.config.ts:${place} file: ${what} — ${fix}`)
  process.exit(1)
}
