// C: what caches may keep, and for whom.
import { type Check, directivesOf, field, hashOf, must, Skip } from "../check.ts"

const word = "probe-canary-7f3a"
/** Headers that some servers take into account. */
const unkeyed: readonly string[] = [
  ..."X-Forwarded-Host X-Host X-Forwarded-Server X-HTTP-Host-Override Forwarded X-Original-URL X-Rewrite-URL".split(
    " ",
  ),
  ..."X-Forwarded-Proto X-Forwarded-Scheme X-Forwarded-Port X-Forwarded-For X-Real-IP True-Client-IP Client-IP".split(
    " ",
  ),
  ..."X-Forwarded-Prefix X-Original-Host X-ProxyUser-Ip X-Wap-Profile X-HTTP-Method-Override X-Method-Override".split(
    " ",
  ),
  ..."Origin Referer User-Agent Accept-Language From Via Max-Forwards X-Requested-With X-Api-Version DNT".split(" "),
  ..."X-Debug X-Test X-Cache-Key X-Member X-User Authorization Proxy-Authorization X-Auth-Token X-Country".split(" "),
]

export const caching: readonly Check[] = [
  must("C01", "an open article is public, for a while, without a cookie", async (site, expect) => {
    const page = await site.page(site.open)
    const directives = directivesOf(page)
    const life = Number(directives.get("s-maxage") ?? directives.get("max-age") ?? 0)
    expect(directives.has("public") && life >= 1, site.open, "public with a max-age", field(page, "cache-control"))
    expect(field(page, "set-cookie") === "", site.open, "no Set-Cookie", field(page, "set-cookie"))
  }),
  must("C02", "cookies do not change the page of a members' article for visitors", async (site, expect) => {
    if (site.member === null) throw new Skip("the site lists no members' article")
    const first = await site.ask(site.member)
    for (const Cookie of ["a=b", "session=1", "__Host-session=junk", "member=1; admin=1", "=;;"]) {
      const page = await site.ask(site.member, { headers: { Cookie } })
      expect(hashOf(page) === hashOf(first), site.member, "the same page", Cookie)
    }
    const directives = directivesOf(first)
    expect(
      directives.has("private") || directives.has("no-store") || directives.has("public"),
      site.member,
      "Cache-Control",
    )
  }),
  must("C03", "a member's page is private and never validates a visitor's", async (site, expect) => {
    const { member, cookie } = needMember(site)
    const headers = { Cookie: cookie }
    const [own, open] = [await site.ask(member, { headers }), await site.ask(member)]
    expect(directivesOf(own).has("no-store") && directivesOf(own).has("private"), member, "private, no-store")
    const cross = await site.ask(member, { headers: { "If-None-Match": field(own, "etag") || '"none"' } })
    expect(cross.status === 200, member, "200 for a visitor with a member's ETag", cross.status)
    const back = await site.ask(member, { headers: { ...headers, "If-None-Match": field(open, "etag") } })
    expect(back.status === 200, member, "200 for a member with a visitor's ETag", back.status)
  }),
  must("C04", "members and visitors in turn each get their own page", async (site, expect) => {
    const { member, cookie } = needMember(site)
    const first = hashOf(await site.ask(member))
    for (let turn = 0; turn < 20; turn++) {
      const own = await site.ask(member, { headers: { Cookie: cookie } })
      const open = await site.ask(member)
      const leaked = site.canaries.filter((one) => open.text.includes(one))
      expect(hashOf(open) === first && leaked.length === 0, member, "the visitor's page", leaked[0])
      expect(
        site.canaries.every((one) => own.text.includes(one)),
        member,
        "the member's page",
      )
    }
  }),
  must("C05", "personal pages are not stored", async (site, expect) => {
    for (const path of ["/sign-in", "/account"]) {
      const page = await site.page(path)
      expect(directivesOf(page).has("no-store"), path, "no-store", field(page, "cache-control"))
    }
  }),
  must("C06", "no other header changes a page or appears in it", async (site, expect) => {
    const clean = await site.page(site.open)
    for (const name of unkeyed) {
      const page = await site.ask(site.open, { headers: { [name]: word } })
      const echoed = page.text.includes(word) || page.rawHeaders.some((value) => value.includes(word))
      expect(
        page.status === clean.status && hashOf(page) === hashOf(clean) && !echoed,
        site.open,
        "the same page",
        name,
      )
    }
    expect(hashOf(await site.ask(site.open)) === hashOf(clean), site.open, "the clean page afterwards")
  }),
  must("C07", "a foreign Host does not appear in any answer", async (site, expect) => {
    const page = await site.ask(site.open, { headers: { Host: `${word}.example` } })
    const echoed = page.text.includes(word) || page.rawHeaders.some((value) => value.includes(word))
    expect(!echoed, site.open, "the host is not repeated", field(page, "location"))
  }),
  must("C08", "errors are cached for at most a minute", async (site, expect) => {
    const directives = directivesOf(await site.ask(site.missing))
    expect(directives.has("no-store") || Number(directives.get("max-age") ?? 61) <= 60, site.missing, "at most 60 s")
  }),
  must("C09", "a GET with a body gets the same page", async (site, expect) => {
    const clean = await site.page(site.open)
    const fat = await site.ask(site.open, { headers: { "Content-Length": String(word.length) }, body: word })
    expect(fat.status >= 400 || hashOf(fat) === hashOf(clean), site.open, "the same page", fat.status)
  }),
  must("C10", "the edge's own headers are not sent to readers", async (site, expect) => {
    for (const path of [site.open, site.member ?? site.listing]) {
      const page = await site.page(path)
      for (const name of ["cdn-cache-control", "cloudflare-cdn-cache-control", "surrogate-control", "cache-tag"])
        expect(field(page, name) === "", path, `no ${name}`, field(page, name))
    }
  }),
  must("C11", "maps are files: kept for a day, safe by themselves, and validated", async (site, expect) => {
    const pages = [await site.page(site.listing), await site.page(site.open)]
    const path = pages.map(({ text }) => /src="(\/maps\/[^"]+)"/.exec(text)?.[1]).find(Boolean)
    if (path === undefined) throw new Skip("neither the article nor its list shows a map")
    const map = await site.ask(path)
    expect(map.status === 200 && /^image\/svg\+xml/.test(field(map, "content-type")), path, "an SVG", map.status)
    expect(Number(directivesOf(map).get("max-age")) >= 3_600, path, "an hour or more", field(map, "cache-control"))
    expect(field(map, "x-content-type-options") === "nosniff", path, "nosniff")
    expect(/default-src 'none'/.test(field(map, "content-security-policy")), path, "a Content-Security-Policy")
    const again = await site.ask(path, { headers: { "If-None-Match": field(map, "etag") } })
    expect(again.status === 304 && again.bytes.length === 0, path, "304 for its ETag", again.status)
    const missing = await site.ask("/maps/probe.svg")
    const life = Number(directivesOf(missing).get("max-age") ?? 0)
    expect(missing.status === 404 && life <= 60, "/maps/probe.svg", "404, kept for at most 60 s", missing.status)
  }),
]

export function needMember({ member, cookie }: { member: string | null; cookie: string | null }) {
  if (member === null) throw new Skip("the site lists no members' article")
  if (cookie === null) throw new Skip("set DATELINE_COOKIE to a member's cookie")
  return { member, cookie }
}
