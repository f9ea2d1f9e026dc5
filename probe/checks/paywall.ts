// P: text for members never reaches anybody else.
import type { Question } from "../ask.ts"
import { type Check, hashOf, must, type Site, Skip } from "../check.ts"
import { isGated, textOf } from "../discover.ts"
import { needMember } from "./caching.ts"

function needGated({ member }: Site): string {
  if (member === null) throw new Skip("the site lists no members' article")
  return member
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
/** Cookies that nobody signed. */
const forged: readonly string[] = ["__Host-session", "session", "__Host-member", "token"].flatMap((name) =>
  [
    "junk",
    "",
    "1",
    `${base64({ alg: "none" })}.${base64({ sub: "1", exp: 9_999_999_999 })}.`,
    `${base64({ alg: "HS256" })}.${base64({ sub: "1", exp: 1 })}.AAAA`,
    "x".repeat(8000),
    "%00%0a",
    "1.2.3.4",
  ].map((value) => `${name}=${value}`),
)

export const paywall: readonly Check[] = [
  must("P01", "a visitor's page has the paywall and none of the members' text", async (site, expect) => {
    const member = needGated(site)
    const page = await site.ask(member)
    expect(/class="[^"]*\bpaywall\b/.test(page.text), member, "a paywall")
    if (site.cookie !== null && site.canaries.length === 0)
      expect(false, member, "more text for members than for visitors")
    const leaked = site.canaries.find(
      (one) => page.text.includes(one) || page.rawHeaders.some((value) => value.includes(one)),
    )
    expect(leaked === undefined, member, "no text for members", leaked)
  }),
  must("P02", "members get more words than visitors", async (site, expect) => {
    const { member, cookie } = needMember(site)
    const words = (text: string) => textOf(text).split(/\s+/).length
    const [open, own] = [await site.ask(member), await site.ask(member, { headers: { Cookie: cookie } })]
    expect(words(open.text) < words(own.text), member, "fewer words", `${words(open.text)} of ${words(own.text)}`)
  }),
  must("P03", "the JSON-LD says what is for members", async (site, expect) => {
    const member = needGated(site)
    const page = await site.ask(member)
    expect(isGated(page), member, "isAccessibleForFree false")
    const selector = /"cssSelector":\s*"\.([\w-]+)"/.exec(page.text)?.[1]
    const exists = selector !== undefined && new RegExp(`class="[^"]*\\b${selector}\\b`).test(page.text)
    expect(exists, member, "hasPart with a selector that exists", selector)
  }),
  must("P04", "forged cookies give a visitor's page", async (site, expect) => {
    const member = needGated(site)
    const first = hashOf(await site.ask(member))
    for (const Cookie of forged) {
      const page = await site.ask(member, { headers: { Cookie } })
      // A server may refuse a header of 8 KB.
      expect(
        hashOf(page) === first || page.status === 431 || page.status === 400,
        member,
        "the visitor's page",
        Cookie.slice(0, 40),
      )
    }
  }),
  must("P05", "no other header or parameter gives a member's page", async (site, expect) => {
    const member = needGated(site)
    const first = hashOf(await site.ask(member))
    const headers: Record<string, string>[] = [
      { Authorization: "Bearer junk" },
      { "X-Member": "1" },
      { Referer: "https://www.google.com/" },
      { "User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)" },
    ]
    for (const one of headers)
      expect(
        hashOf(await site.ask(member, { headers: one })) === first,
        member,
        "the visitor's page",
        Object.keys(one)[0],
      )
    for (const query of ["member=1", "preview=1", "audience=members", "gift=junk"]) {
      const page = await site.ask(`${member}?${query}`)
      expect(page.status >= 300 || hashOf(page) === first, `${member}?${query}`, "the visitor's page", page.status)
    }
  }),
  must("P06", "lists, feeds, the Markdown version and search have none of the members' text", async (site, expect) => {
    const member = needGated(site)
    if (site.canaries.length === 0) throw new Skip("set DATELINE_COOKIE to a member's cookie")
    const folder = member.slice(0, member.lastIndexOf("/"))
    const query = encodeURIComponent(site.canaries[0]?.slice(0, 60) ?? "")
    const paths = [
      `${member}.md`,
      folder,
      `${folder}/feed.xml`,
      `${folder}/feed.json`,
      "/feed.xml",
      "/feed.json",
      "/sitemap.xml",
      "/llms.txt",
      `/search?q=${query}`,
    ]
    for (const path of paths) {
      const { text } = await site.page(path)
      // The search page repeats the query.
      const shown = path.startsWith("/search") ? site.canaries.slice(1) : site.canaries
      const leaked = shown.find((one) => text.includes(one))
      expect(leaked === undefined, path, "no text for members", leaked)
    }
  }),
  must("P07", "ranges, revalidation and HEAD leak nothing", async (site, expect) => {
    const member = needGated(site)
    const questions: readonly Question[] = [
      { method: "HEAD" },
      { headers: { Range: "bytes=0-100000" } },
      { headers: { "If-None-Match": '"x"' } },
    ]
    for (const question of questions) {
      const { text } = await site.ask(member, question)
      const leaked = site.canaries.find((one) => text.includes(one))
      expect(leaked === undefined, member, "no text for members", leaked)
    }
  }),
  must("P08", "sign-in continues only on this site", async (site, expect) => {
    const hostile =
      "https://evil.example //evil.example /\\evil.example /%5cevil.example javascript:alert(1) \\\\evil.example /..//evil.example data:text/html,x http:evil.example ///evil.example /%09/evil.example".split(
        " ",
      )
    for (const next of hostile) {
      const page = await site.ask(`/sign-in?next=${encodeURIComponent(next)}`)
      const to = [...page.text.matchAll(/(?:href|action|value)="([^"]*evil\.example[^"]*|javascript:[^"]*)"/g)].map(
        ([, value]) => value,
      )
      const leaves = to.filter((value) => !new URL(value ?? "", site.origin).origin.startsWith(site.origin))
      expect(
        leaves.length === 0 && !field(page.headers.location).includes("evil"),
        `/sign-in?next=${next}`,
        "this site",
        leaves[0],
      )
    }
  }),
  must("P09", "forms from other sites are refused, and a GET changes nothing", async (site, expect) => {
    const type = { "Content-Type": "application/x-www-form-urlencoded", Origin: "https://evil.example" }
    for (const path of ["/sign-in", "/newsletter"]) {
      const { status } = await site.ask(path, { method: "POST", headers: type, body: "email=probe%40reader.example" })
      expect(status === 403, path, "403 for a form from another site", status)
    }
  }),
  must("P10", "a member gets the whole text", async (site, expect) => {
    const { member, cookie } = needMember(site)
    const { text } = await site.ask(member, { headers: { Cookie: cookie } })
    expect(site.canaries.length > 0 && site.canaries.every((one) => text.includes(one)), member, "the members' text")
  }),
]

const field = (value: string | undefined): string => value ?? ""
