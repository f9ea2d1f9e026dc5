// H: HTTP as in RFC 9110 and RFC 9111.
import type { Answer } from "../ask.ts"
import { type Check, directivesOf, type Expect, field, hashOf, must, type Site, should } from "../check.ts"

const types: readonly (readonly [keyof Site, RegExp])[] = [
  ["open", /^text\/html; *charset=utf-8$/i],
  ["member", /^text\/html; *charset=utf-8$/i],
  ["listing", /^text\/html; *charset=utf-8$/i],
  ["missing", /^text\/html; *charset=utf-8$/i],
  ["feed", /^application\/(rss|atom)\+xml; *charset=utf-8$/i],
  ["sitemap", /^application\/xml; *charset=utf-8$/i],
]

/** The paths that most checks request. */
export const pathsOf = (site: Site): string[] =>
  types.flatMap(([name]) => (typeof site[name] === "string" ? [site[name] as string] : []))

/** Compares something on each path that answers 200. */
async function onEach(site: Site, compare: (path: string, page: Answer) => Promise<void>): Promise<void> {
  for (const path of pathsOf(site).filter((one) => one !== site.missing)) await compare(path, await site.page(path))
}

const same = (expect: Expect, path: string, names: readonly string[], one: Answer, other: Answer) => {
  for (const name of names)
    expect(
      field(one, name) === field(other, name),
      path,
      `the same ${name}`,
      `${field(one, name)} and ${field(other, name)}`,
    )
}

export const http: readonly Check[] = [
  must("H01", "200 within 5 s, 404 for what is missing", async (site, expect) => {
    for (const path of pathsOf(site)) {
      const { status, ms } = await site.page(path)
      const right = path === site.missing ? 404 : 200
      expect(status === right, path, `${right}`, status)
      expect(ms < 5_000, path, "within 5 s", `${Math.round(ms)} ms`)
    }
  }),
  must("H02", "Date, and the right Content-Type with its charset", async (site, expect) => {
    for (const [name, type] of types) {
      const path = site[name]
      if (typeof path !== "string") continue
      const page = await site.page(path)
      expect(type.test(field(page, "content-type")), path, `Content-Type ${type.source}`, field(page, "content-type"))
    }
  }),
  must("H03", "HEAD answers like GET, without a body", (site, expect) =>
    onEach(site, async (path, page) => {
      const head = await site.ask(path, { method: "HEAD" })
      expect(head.status === page.status && head.bytes.length === 0, path, "the same status, no body", head.status)
      same(expect, path, ["etag", "last-modified", "cache-control", "vary", "content-type", "link"], page, head)
    }),
  ),
  must("H04", "two GETs are equal", (site, expect) =>
    onEach(site, async (path, page) => {
      const again = await site.ask(path)
      expect(hashOf(again) === hashOf(page), path, "the same body")
      same(expect, path, ["etag"], page, again)
    }),
  ),
  must("H05", "ETag is well formed", (site, expect) =>
    onEach(site, async (path, page) => {
      expect(/^(W\/)?"[\x21\x23-\x7e]*"$/.test(field(page, "etag")), path, "a valid ETag", field(page, "etag"))
    }),
  ),
  must("H06", "If-None-Match: own, weak, in a list and * give 304, another 200", (site, expect) =>
    onEach(site, async (path, page) => {
      const etag = field(page, "etag")
      const cases: [string, number][] = [
        [etag, 304],
        [etag.startsWith("W/") ? etag : `W/${etag}`, 304],
        [`"other", ${etag}`, 304],
        ["*", 304],
        ['"other"', 200],
      ]
      for (const [value, status] of cases) {
        const answer = await site.ask(path, { headers: { "If-None-Match": value } })
        expect(answer.status === status, path, `${status} for If-None-Match: ${value}`, answer.status)
      }
    }),
  ),
  must("H07", "Last-Modified is a valid time, and If-Modified-Since works", (site, expect) =>
    onEach(site, async (path, page) => {
      const modified = field(page, "last-modified")
      const time = Date.parse(modified)
      if (modified === "") return
      expect(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/.test(modified), path, "an IMF-fixdate", modified)
      expect(time <= Date.now() + 60_000, path, "a time that is not in the future", modified)
      // A page with a strong ETag may refuse to compare times when its text depends on the reader.
      const gated = directivesOf(page).has("private")
      const cases: [string, number[]][] = [
        [modified, gated ? [200, 304] : [304]],
        ["Sat, 29 Oct 1994 19:43:31 GMT", [200]],
        ["yesterday", [200]],
      ]
      for (const [value, statuses] of cases) {
        const { status } = await site.ask(path, { headers: { "If-Modified-Since": value } })
        expect(statuses.includes(status), path, `${statuses[0]} for If-Modified-Since: ${value}`, status)
      }
    }),
  ),
  must("H08", "If-None-Match takes precedence over If-Modified-Since", (site, expect) =>
    onEach(site, async (path) => {
      const headers = { "If-None-Match": '"other"', "If-Modified-Since": new Date().toUTCString() }
      const { status } = await site.ask(path, { headers })
      expect(status === 200, path, "200", status)
    }),
  ),
  must("H09", "a 304 has no body and the 200's headers", (site, expect) =>
    onEach(site, async (path, page) => {
      const answer = await site.ask(path, { headers: { "If-None-Match": field(page, "etag") } })
      expect(answer.status === 304 && answer.bytes.length === 0, path, "304 without a body", answer.status)
      same(expect, path, ["etag", "cache-control", "vary"], page, answer)
    }),
  ),
  must("H10", "unsupported methods get 405 with Allow", async (site, expect) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const answer = await site.ask(site.open, { method })
      expect(answer.status === 405, site.open, `405 for ${method}`, answer.status)
      expect(
        /\bGET\b.*\bHEAD\b/.test(field(answer, "allow")),
        site.open,
        "Allow with GET and HEAD",
        field(answer, "allow"),
      )
    }
    const trace = await site.ask(site.open, { method: "TRACE", headers: { "X-Probe": "a-word-to-echo" } })
    expect(
      trace.status >= 400 && !trace.text.includes("a-word-to-echo"),
      site.open,
      "TRACE is not echoed",
      trace.status,
    )
  }),
  must("H11", "OPTIONS names the methods", async (site, expect) => {
    const answer = await site.ask(site.open, { method: "OPTIONS" })
    const right = answer.status < 300 || answer.status === 405
    expect(right && field(answer, "allow") !== "", site.open, "2xx or 405, with Allow", answer.status)
  }),
  must("H12", "every Content-Encoding gives the same bytes", (site, expect) =>
    onEach(site, async (path, page) => {
      for (const encoding of ["gzip", "br", "identity"]) {
        const answer = await site.ask(path, { headers: { "Accept-Encoding": encoding } })
        expect(hashOf(answer) === hashOf(page), path, `the same bytes with ${encoding}`)
        const encoded = field(answer, "content-encoding") !== ""
        if (encoded)
          expect(/accept-encoding/i.test(field(answer, "vary")), path, "Vary: Accept-Encoding", field(answer, "vary"))
      }
    }),
  ),
  must("H13", "Accept: image/png does not cause an error", async (site, expect) => {
    const { status } = await site.ask(site.open, { headers: { Accept: "image/png" } })
    expect(status === 200 || status === 406, site.open, "200 or 406", status)
  }),
  must("H14", "a Range request gets the whole page or the right part", async (site, expect) => {
    const page = await site.page(site.open)
    const part = await site.ask(site.open, { headers: { Range: "bytes=0-9" } })
    const right = part.status === 200 || (part.status === 206 && part.bytes.equals(page.bytes.subarray(0, 10)))
    expect(right, site.open, "200, or 206 with ten bytes", part.status)
    const beyond = await site.ask(site.open, { headers: { Range: "bytes=99999999-" } })
    expect([200, 416].includes(beyond.status), site.open, "200 or 416", beyond.status)
  }),
  must("H15", "Vary is not *", (site, expect) =>
    onEach(site, async (path, page) => expect(!field(page, "vary").includes("*"), path, "no *", field(page, "vary"))),
  ),
  must("H16", "Age is a number within the page's life", (site, expect) =>
    onEach(site, async (path, page) => {
      const age = field(page, "age")
      if (age === "") return
      const directives = directivesOf(page)
      const life = Number(directives.get("max-age") ?? 0) + Number(directives.get("stale-if-error") ?? 0)
      expect(
        /^\d+$/.test(age) && Number(age) <= Math.max(life, 86_400),
        path,
        "at most the freshness and stale window",
        age,
      )
    }),
  ),
  must("H17", "Cache-Control has no repeated or contradictory directives", (site, expect) =>
    onEach(site, async (path, page) => {
      const value = field(page, "cache-control")
      const directives = directivesOf(page)
      expect(value !== "" && directives.size === value.split(",").length, path, "each directive once", value)
      const clash = directives.has("public") && (directives.has("private") || directives.has("no-store"))
      expect(!clash && !(directives.has("private") && directives.has("s-maxage")), path, "no contradiction", value)
    }),
  ),
  must("H18", "Content-Length is the length", (site, expect) =>
    onEach(site, async (path, page) => {
      const length = field(page, "content-length")
      if (length === "" || field(page, "content-encoding") !== "") return
      expect(Number(length) === page.bytes.length, path, `${page.bytes.length} bytes`, length)
    }),
  ),
  must("H19", "50 GETs at the same time all succeed", async (site, expect) => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => site.ask(site.open)))
    const statuses = new Set(answers.map(({ status }) => status))
    expect(statuses.size === 1 && statuses.has(200), site.open, "200 for all", [...statuses].join(" "))
  }),
  should("H20", "an https site redirects http", async (site, expect) => {
    if (!site.origin.startsWith("https:")) return
    const answer = await fetch(site.origin.replace("https:", "http:") + site.open, { redirect: "manual" })
    const to = answer.headers.get("location")
    expect(
      [301, 308].includes(answer.status) && to === site.origin + site.open,
      site.open,
      "301 or 308 in one step",
      to,
    )
  }),
]
