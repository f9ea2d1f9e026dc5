// Maps and the icon, which Cloudflare serves without running the Worker: their routing and their headers.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { describeSecurity } from "../../src/reader/page.ts"
import { svgPolicy } from "../../src/reader/respond.ts"
import { routes } from "../../src/routes.ts"

const root = join(import.meta.dirname, "../..")
const read = (file: string) => readFileSync(join(root, file), "utf8")
const patterns = JSON.parse(/^run_worker_first = (\[.*\])$/m.exec(read("wrangler.toml"))?.[1] ?? "[]") as string[]
/** As Cloudflare matches them: `*` stands for any text, slashes included. */
const runsWorker = (path: string) =>
  patterns.some((pattern) => new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}$`).test(path))

it("public/_headers has the security headers of every response, and a day in browsers", () => {
  const [rule, ...lines] = read("public/_headers")
    .replace(/^#.*\n/gm, "")
    .trim()
    .split("\n")
  expect(rule).toBe("/*")
  const headers = lines.map((line) => /^ {2}([\w-]+): (.+)$/.exec(line)?.slice(1) as [string, string])
  expect(Object.fromEntries(headers)).toEqual({
    ...describeSecurity("https://news.example", svgPolicy),
    Allow: "GET, HEAD",
    "Cache-Control": "public, max-age=86400, stale-if-error=86400",
  })
})

it("every file in public has an address that the Worker leaves to it, and no other file is there", () => {
  const files = routes.filter(({ by }) => by === "public")
  expect(files.map(({ path }) => path)).toContain("/maps/{iso3}.svg")
  for (const { path } of files) expect([path, runsWorker(path.replace(/[{}]/g, ""))]).toEqual([path, false])
  const known = /^(?:_headers|\.assetsignore|favicon\.ico|maps(?:\/[a-z-]+\.svg)?)$/
  expect(
    readdirSync(join(root, "public"), { recursive: true, encoding: "utf8" }).filter((name) => !known.test(name)),
  ).toEqual([])
})

it("pages of articles, the front page and pictures go to the Worker without a look for a file", () => {
  for (const path of ["/", "/asia/tajikistan/snow", "/ar/asia/snow", "/media/0a.jpg", "/desk/v1/publish"])
    expect([path, runsWorker(path)]).toEqual([path, true])
})
