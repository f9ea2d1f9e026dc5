// What a month on Cloudflare costs: `node bench/costs.ts` prints the table of docs/operations.md.

/** What is billed, in units a month. */
export type Usage = Record<
  "requests" | "cpuMs" | "kvReads" | "kvWrites" | "rowsRead" | "rowsWritten" | "queues",
  number
>

/** Dollars for a million beyond what the plan includes (developers.cloudflare.com, November 2026). */
const prices: Record<keyof Usage, { readonly included: number; readonly million: number }> = {
  requests: { included: 10e6, million: 0.3 },
  cpuMs: { included: 30e6, million: 0.02 },
  kvReads: { included: 10e6, million: 0.5 },
  kvWrites: { included: 1e6, million: 5 },
  rowsRead: { included: 25e9, million: 0.001 },
  rowsWritten: { included: 50e6, million: 1 },
  queues: { included: 1e6, million: 0.4 },
}
/** The Workers Paid plan, in dollars a month. */
const subscription = 5

/** What the parts of a bill cost, in dollars. */
export function priceParts(usage: Partial<Usage>): Usage {
  const price = (name: keyof Usage) => {
    const { included, million } = prices[name]
    return (Math.max(0, (usage[name] ?? 0) - included) / 1e6) * million
  }
  return Object.fromEntries(Object.keys(prices).map((name) => [name, price(name as keyof Usage)])) as Usage
}

export function priceMonth(usage: Partial<Usage>): number {
  return subscription + Object.values(priceParts(usage)).reduce((sum, part) => sum + part)
}

/**
 * What one request uses, as measured with `npm run bench` and rounded up: D1 rows of an article's page (`rows`), CPU
 * milliseconds of a hit and of a page that is rendered (`reader`), KV reads of a members' article.
 */
export const measured = { rows: 100, cpuHit: 0.5, cpuRendered: 8, kvReads: 2 }
/** Requests for each view that reach the Worker: the page, and one picture. Maps are static files, which are free. */
const requestsAView = 2
const minutes = 30 * 24 * 60
/** How many isolates report page counts each minute. */
const isolates = 100

/** What this many page views a month use, if a share of them (`rendered`) is rendered. */
export function usageOf(views: number, rendered: number): Usage {
  const renders = views * rendered
  return {
    // A page that is not in memory counts as two requests, because the call to the cached entrypoint is billed too.
    requests: views * requestsAView + renders + minutes,
    cpuMs: views * measured.cpuHit * requestsAView + renders * measured.cpuRendered + minutes * 10,
    kvReads: renders * (measured.kvReads + 1),
    kvWrites: 10_000,
    rowsRead: renders * measured.rows + minutes * 20,
    rowsWritten: Math.min(renders, isolates * minutes) + 200_000,
    queues: 0,
  }
}

const dollars = (amount: number) => `$${amount.toFixed(2)}`
const count = (number: number) =>
  number >= 1e9
    ? `${+(number / 1e9).toPrecision(3)} B`
    : number >= 1e6
      ? `${+(number / 1e6).toPrecision(3)} M`
      : Math.round(number).toLocaleString("en")

/** The rows of the table in docs/operations.md. */
export function describeCosts(): string[] {
  const sizes = [10_000, 1_000_000, 10_000_000, 100_000_000]
  return sizes.map((views) => {
    const [usual, worst] = [usageOf(views, 0.1), usageOf(views, 1)]
    const parts = Object.entries(priceParts(usual)).flatMap(([name, cost]) =>
      cost < 0.005 ? [] : `${names[name as keyof Usage]} ${dollars(cost)}`,
    )
    const sum = [`plan ${dollars(subscription)}`, ...parts].join(" + ")
    return `| ${count(views)} | ${count(usual.requests)} | ${count(usual.cpuMs)} | ${count(usual.kvReads)} | ${count(usual.rowsRead)} | ${sum} = **${dollars(priceMonth(usual))}** | ${dollars(priceMonth(worst))} |`
  })
}

const names: Record<keyof Usage, string> = {
  requests: "requests",
  cpuMs: "CPU",
  kvReads: "KV reads",
  kvWrites: "KV writes",
  rowsRead: "rows read",
  rowsWritten: "rows written",
  queues: "queues",
}

if (import.meta.main) console.log(describeCosts().join("\n"))
