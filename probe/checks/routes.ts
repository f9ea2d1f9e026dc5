// R: one address for each page, and errors that look like errors.
import { type Check, directivesOf, field, hashOf, must, Skip } from "../check.ts"
import { textOf } from "../discover.ts"

const redirects = [301, 308]
const linkPattern = /<a\s[^>]*href="(\/[^"#]*)"/g

/** Addresses that attackers and broken links ask for. None may be a page, or fail. */
const hostile: readonly string[] = [
  ..."/.env /.git/config /.git/HEAD /.htaccess /.DS_Store /wp-login.php /wp-admin/ /xmlrpc.php /phpinfo.php".split(" "),
  ..."/admin /administrator /server-status /actuator/health /debug /console /graphql /api /api/v1/users".split(" "),
  ..."/wrangler.toml /_worker.js /package.json /dateline.config.ts /src/worker.ts /dist/worker.js".split(" "),
  ..."/../etc/passwd /..%2f..%2fetc/passwd /%2e%2e/%2e%2e/etc/passwd /....//....//etc/passwd /%c0%ae%c0%ae/".split(" "),
  ..."/%00 /%0d%0aSet-Cookie:x=1 /%0a /%ff /%u0041 /%%% /% /%2 /%01".split(" "),
  ..."/;/ /;a=b /a;b /~root /~ /* /** /$(id) /`id` /|id /^ /{x} /[x] /@ /!".split(" "),
  ..."//evil.example /%2f%2fevil.example /\\evil.example /%5cevil.example //evil.example/%2e%2e".split(" "),
  ..."/constructor /__proto__ /prototype /toString /hasOwnProperty /undefined /null /NaN /true /0 /-1".split(" "),
  ..."/media/ /media/x /media/../wrangler.toml /maps/ /maps/../favicon.ico /desk /desk/v1 /desk/v2/x".split(" "),
  `/${"a".repeat(3000)}`,
  `/${"a/".repeat(300)}`,
  "/index.html",
  "/index.php?id=1%27%20OR%201=1",
  "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
]

export const routes: readonly Check[] = [
  must("R01", "variants of an address redirect to it in one step, or are missing", async (site, expect) => {
    const { open } = site
    const [first = ""] = open.slice(1).split("/")
    const last = open.at(-1) ?? ""
    const encoded = `${open.slice(0, -1)}%${last.charCodeAt(0).toString(16)}`
    const variants = [
      `${open}/`,
      `${open}//`,
      open.replace(/\/(?=[^/]+$)/, "//"),
      open.toUpperCase(),
      `/${first.toUpperCase()}${open.slice(first.length + 1)}`,
      encoded,
      `/${first}/.${open.slice(first.length + 1)}`,
    ]
    for (const path of variants) {
      const answer = await site.page(path)
      const to = field(answer, "location")
      const canonical = redirects.includes(answer.status) && to === site.origin + open
      expect(canonical || answer.status === 404, path, `301 or 308 to ${open}, or 404`, `${answer.status} ${to}`)
    }
  }),
  must("R02", "no redirect leaves the site", async (site, expect) => {
    for (const path of [
      "//evil.example/%2e%2e",
      "//evil.example",
      "/\\evil.example",
      "/%5cevil.example",
      "/%2f%2fevil.example/",
    ]) {
      const to = field(await site.ask(path), "location")
      const stays = to === "" || new URL(to, site.origin).origin === site.origin
      expect(stays && !/^[/\\]{2}/.test(to), path, "the same origin", to)
    }
  }),
  must("R03", "a redirect says how long it lasts", async (site, expect) => {
    const answer = await site.ask(`${site.open}/`)
    if (redirects.includes(answer.status))
      expect(field(answer, "cache-control") !== "", `${site.open}/`, "Cache-Control")
  }),
  must("R04", "a redirect's target is a page whose canonical address is its own", async (site, expect) => {
    const to = field(await site.ask(`${site.open}/`), "location")
    const path = to === "" ? site.open : new URL(to, site.origin).pathname
    const page = await site.page(path)
    const canonical = /<link rel="canonical" href="([^"]*)"/.exec(page.text)?.[1]
    expect(page.status === 200 && canonical === site.origin + path, path, `canonical ${site.origin}${path}`, canonical)
  }),
  must("R05", "unknown parameters change nothing", async (site, expect) => {
    const [page, other] = [await site.ask(site.open), await site.ask(`${site.open}?utm_source=probe`)]
    expect(
      other.status === 200 && hashOf(page) === hashOf(other),
      `${site.open}?utm_source=probe`,
      "the same page",
      other.status,
    )
    expect(!/rel="canonical" href="[^"]*\?/.test(other.text), site.open, "a canonical address without a query")
  }),
  must("R06", "hostile addresses get neither a page nor a server error", async (site, expect) => {
    for (const path of hostile) {
      const { status, text } = await site.ask(encodeURI(path).replaceAll("%25", "%"))
      expect(status < 500, path, "no 5xx", status)
      if (status === 200) expect(!text.includes("<script>alert(1)"), path, "no script from the address")
      if (status === 200) expect(/^\/search/.test(path), path, "no 200", status)
    }
  }),
  must("R07", "a missing address gets an error page that is not indexed", async (site, expect) => {
    const page = await site.ask(site.missing)
    const directives = directivesOf(page)
    expect(page.status === 404, site.missing, "404", page.status)
    expect(directives.has("no-store") || Number(directives.get("max-age")) <= 60, site.missing, "kept for at most 60 s")
    const noindex =
      /noindex/.test(field(page, "x-robots-tag")) || /<meta name="robots" content="noindex/.test(page.text)
    expect(noindex, site.missing, "noindex")
    const name = site.missing.split("/").at(-1) ?? ""
    expect(!textOf(page.text).includes(`<${name}`), site.missing, "the address is not repeated as markup")
  }),
  must("R08", "an unpublished article answers 410", async (site, expect) => {
    if (site.gone === null) throw new Skip("name an unpublished article with --gone")
    expect((await site.ask(site.gone)).status === 410, site.gone, "410")
  }),
  must("R09", "an article in another region redirects or is missing", async (site, expect) => {
    const path = `/nowhere-at-all/${site.open.split("/").at(-1)}`
    const { status } = await site.page(path)
    expect([...redirects, 404].includes(status), path, "301, 308 or 404", status)
  }),
  must("R10", "an address with something appended is missing", async (site, expect) => {
    for (const end of [".css", ";x.css", "/x.css", "%23.css", "%3f.css", "%00.css"]) {
      const { status } = await site.ask(site.open + end)
      expect(status === 404, site.open + end, "404", status)
    }
  }),
  must("R11", "page numbers are validated", async (site, expect) => {
    for (const number of ["0", "-1", "1e9", "abc", "99999999999999999999"]) {
      const { status } = await site.ask(`${site.listing}?page=${number}`)
      expect(
        [400, 404, ...redirects].includes(status),
        `${site.listing}?page=${number}`,
        "400, 404 or a redirect",
        status,
      )
    }
  }),
  must("R12", "links on a list answer 200 without a redirect", async (site, expect) => {
    const page = await site.ask(site.listing)
    const links = new Set([...page.text.matchAll(linkPattern)].map(([, path = ""]) => path.replaceAll("&amp;", "&")))
    for (const path of [...links].slice(0, 20)) {
      const { status } = await site.page(path)
      // The sign-in page's own address answers everyone; members' pages send visitors to it.
      expect(status === 200 || (status === 303 && path.startsWith("/account")), path, "200", status)
    }
  }),
]
