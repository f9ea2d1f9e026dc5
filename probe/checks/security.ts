// S: security headers, cookies and error pages.
import { type Check, field, must, type Site, should } from "../check.ts"
import { pathsOf } from "./http.ts"

const onAll =
  (name: string, right: RegExp, expected: string): Check["run"] =>
  async (site, expect) => {
    for (const path of pathsOf(site)) {
      const value = field(await site.page(path), name)
      expect(right.test(value), path, expected, value)
    }
  }

async function policyOf(site: Site): Promise<Map<string, string>> {
  const parts = field(await site.page(site.open), "content-security-policy").split(";")
  return new Map(
    parts.map((part) => {
      const [name = "", ...sources] = part.trim().split(/\s+/)
      return [name, sources.join(" ")]
    }),
  )
}

export const security: readonly Check[] = [
  must("S01", "an https site sends HSTS for a year or more", async (site, expect) => {
    if (!site.origin.startsWith("https:")) return
    const value = field(await site.page(site.open), "strict-transport-security")
    expect(Number(/max-age=(\d+)/.exec(value)?.[1] ?? 0) >= 31_536_000, site.open, "max-age of a year", value)
  }),
  must("S02", "nosniff everywhere", onAll("x-content-type-options", /^nosniff$/, "nosniff")),
  must("S03", "a strict Content-Security-Policy", async (site, expect) => {
    const policy = await policyOf(site)
    const scripts = policy.get("script-src") ?? policy.get("default-src") ?? "*"
    expect(
      !/unsafe-inline|unsafe-eval|\*|https?:(?:\s|$)/.test(scripts),
      site.open,
      "script-src without unsafe sources",
      scripts,
    )
    expect(!scripts.includes("nonce-"), site.open, "no nonce in a cached page", scripts)
    for (const [name, right] of [
      ["object-src", /^'none'$/],
      ["base-uri", /^'(none|self)'$/],
      ["frame-ancestors", /^'(none|self)'$/],
      ["form-action", /'self'|'none'/],
    ] as const)
      expect(right.test(policy.get(name) ?? ""), site.open, `${name} ${right.source}`, policy.get(name))
  }),
  must(
    "S04",
    "Referrer-Policy",
    onAll("referrer-policy", /origin|no-referrer|same-origin/, "a policy that hides paths"),
  ),
  should("S05", "Permissions-Policy", onAll("permissions-policy", /./, "a policy")),
  should("S06", "Cross-Origin-Opener-Policy", onAll("cross-origin-opener-policy", /same-origin/, "same-origin")),
  must("S07", "no software versions are shown", async (site, expect) => {
    const page = await site.page(site.open)
    expect(field(page, "x-powered-by") === "", site.open, "no X-Powered-By", field(page, "x-powered-by"))
    expect(!/\d/.test(field(page, "server")), site.open, "Server without a version", field(page, "server"))
  }),
  must("S08", "no other origin may read the site", async (site, expect) => {
    const page = await site.ask(site.open, { headers: { Origin: "https://evil.example" } })
    const allowed = field(page, "access-control-allow-origin")
    expect(
      allowed === "" || (allowed === "*" && field(page, "access-control-allow-credentials") === ""),
      site.open,
      "no access",
      allowed,
    )
  }),
  must("S09", "cookies are safe", async (site, expect) => {
    const page = await site.ask("/sign-in")
    const cookies = page.headers["set-cookie"] ?? []
    for (const cookie of cookies) {
      const secure = site.origin.startsWith("http:") || (/; *secure/i.test(cookie) && /^__Host-/.test(cookie))
      const right =
        secure && /; *httponly/i.test(cookie) && /; *samesite=(lax|strict)/i.test(cookie) && cookie.length <= 4096
      expect(right, "/sign-in", "__Host-, Secure, HttpOnly, SameSite", cookie.replace(/=[^;]*/, "=…"))
    }
  }),
  must("S10", "error pages show no internals", async (site, expect) => {
    for (const path of [site.missing, "/%00", "/sign-in/confirm?token=junk"]) {
      const { text } = await site.page(path)
      const shown = /\bat \S+:\d+:\d+|node_modules|\/src\/|workerd|SQLITE|D1_ERROR|hono/i.exec(text)?.[0]
      expect(shown === undefined, path, "no stack, path or framework", shown)
    }
  }),
  must("S11", "private files are missing", async (site, expect) => {
    for (const path of ["/.env", "/.git/config", "/wrangler.toml", "/_worker.js", "/debug", "/.dev.vars"]) {
      const { status } = await site.page(path)
      expect(status === 404, path, "404", status)
    }
  }),
  should("S12", "security.txt", async (site, expect) => {
    const { status, text } = await site.ask("/.well-known/security.txt")
    expect(
      status === 200 && /^Contact:/m.test(text) && /^Expires:/m.test(text),
      "/.well-known/security.txt",
      "Contact and Expires",
      status,
    )
  }),
]
