// `npm run bench -- NAME`: measures figures that anyone can repeat: ratios within one run, interleaved rounds, medians with their spread.
import { parseArgs } from "node:util"
import type { BenchOptions, Figures } from "./report.ts"

type Bench = (options: BenchOptions) => Promise<Figures>

const benches: Record<string, () => Promise<Bench>> = {
  reader: async () => (await import("./reader.ts")).benchReader,
  publish: async () => (await import("./publish.ts")).benchPublish,
  rows: async () => (await import("./rows.ts")).benchRows,
  render: async () => (await import("./render.ts")).benchRender,
  mail: async () => (await import("./mail.ts")).benchMail,
  peers: async () => (await import("./peers.ts")).benchPeers,
  scale: async () => (await import("./scale.ts")).benchScale,
  start: async () => (await import("./start.ts")).benchStart,
  weight: async () => (await import("./weight.ts")).benchWeight,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "15" },
    seconds: { type: "string", default: "1" },
    articles: { type: "string", default: "10000" },
  },
})
const name = positionals[0] ?? ""
const load = benches[name]
if (load === undefined) {
  console.error(`npm run bench -- ${Object.keys(benches).join("|")} [--json] [--rounds N] [--seconds N] [--articles N]`)
  process.exit(2)
}
// With --json the tables go to stderr, for people, and the last line of stdout is the object.
if (values.json) console.log = console.error
const bench = await load()
const figures = await bench({
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  articles: Number(values.articles),
})
process.stdout.write(`${JSON.stringify(figures)}\n`)
process.exit(0)
