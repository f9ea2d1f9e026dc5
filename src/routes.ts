// Every route of the site. The router, links, reserved words, allowed methods and README table derive from these.
import type { Address } from "./site/addresses.ts"

export interface Route {
  /** `{x}` is a parameter, `*` the rest of the path. Page paths may be prefixed with a language: `/fr/search`. */
  readonly path: string
  readonly kind: Address["kind"] | "desk"
  /** Who answers: cached pages, account, desk, gateway or a file in `public`. POSTs to pages go to the account. */
  readonly by: "pages" | "account" | "desk" | "gateway" | "public"
  /** `GET` includes HEAD. */
  readonly methods: readonly ("GET" | "POST")[]
  readonly inLanguages: boolean
  /** The kind of page whose listing a feed contains. */
  readonly feedOf?: "front" | "region" | "country" | "topic" | "author"
}

const page = (path: string, kind: Route["kind"], methods: Route["methods"] = ["GET"]): Route => {
  return { path, kind, methods, by: kind === "personal" ? "account" : "pages", inLanguages: true }
}
const personal = (path: string, ...methods: Route["methods"]) => page(path, "personal", methods)
const file = (path: string, kind: Route["kind"]): Route => ({ ...page(path, kind), inLanguages: false })
const asset = (path: string, kind: Route["kind"]): Route => ({ ...file(path, kind), by: "public" })
const article = (path: string) => [page(path, "article"), page(`${path}.md`, "markdown")]
const landing = (path: string, feedOf: NonNullable<Route["feedOf"]>): Route[] => {
  const feed = `${path === "/" ? "" : path}/feed.{format}`
  return [page(path, feedOf), { ...page(feed, "feed"), feedOf }]
}

/** In order of precedence: a path goes to the first matching route whose parameters are valid on this site. */
export const routes: readonly Route[] = [
  ...landing("/", "front"),
  ...landing("/{region}", "region"),
  ...landing("/{region}/{country}", "country"),
  page("/{region}/{country}/pack.html", "pack"),
  ...article("/{region}/{slug}"),
  ...article("/{region}/{country}/{slug}"),
  ...landing("/topics/{slug}", "topic"),
  ...landing("/authors/{slug}", "author"),
  page("/search", "search"),
  page("/corrections", "corrections"),

  page("/newsletter", "newsletter", ["GET", "POST"]),
  personal("/newsletter/sent", "GET"),
  personal("/newsletter/confirm", "GET", "POST"),
  personal("/newsletter/confirmed", "GET"),
  personal("/newsletter/unsubscribe", "GET", "POST"),
  personal("/newsletter/unsubscribed", "GET"),
  personal("/newsletter/preferences", "POST"),
  personal("/newsletter/events", "POST"),
  page("/newsletter/{date}", "newsletterEdition"),
  page("/digest", "digest"),
  page("/digest/{date}", "digestEdition"),

  page("/join", "join", ["GET", "POST"]),
  personal("/join/welcome", "GET"),
  personal("/join/claim", "GET", "POST"),
  personal("/join/webhook", "POST"),
  personal("/sign-in", "GET", "POST"),
  personal("/sign-in/confirm", "GET", "POST"),
  personal("/sign-out", "GET", "POST"),
  personal("/account", "GET"),
  personal("/account/reader.json", "GET"),
  personal("/account/billing", "POST"),
  personal("/account/newsletters", "POST"),
  personal("/account/newsletters/stop", "POST"),
  personal("/account/save", "GET", "POST"),
  personal("/account/unsave", "POST"),
  personal("/account/give", "GET", "POST"),
  personal("/account/give/revoke", "POST"),
  personal("/account/feed", "POST"),
  personal("/account/feed/revoke", "POST"),
  personal("/account/feed/{token}.xml", "GET"),
  personal("/account/export", "POST"),
  personal("/account/delete", "GET", "POST"),
  { ...personal("/preview/{token}", "GET"), inLanguages: false },
  page("/{page}", "page"),
  // Any other path under these segments is a 404, whatever the method.
  ...["account", "digest", "join", "newsletter", "sign-in", "sign-out"].map((first) => personal(`/${first}/*`)),

  file("/media/{sha256}.{extension}", "media"),
  asset("/maps/world.svg", "worldMap"),
  asset("/maps/{iso3}-globe.svg", "globe"),
  asset("/maps/{region}-globe.svg", "regionGlobe"),
  asset("/maps/{iso3}.svg", "map"),
  asset("/maps/{region}.svg", "regionMap"),
  asset("/favicon.ico", "favicon"),
  file("/sitemap.xml", "sitemapIndex"),
  file("/sitemaps/{month}.xml", "sitemap"),
  file("/news-sitemap.xml", "newsSitemap"),
  file("/robots.txt", "robots"),
  file("/llms.txt", "llms"),
  file("/.well-known/security.txt", "security"),
  { ...file("/healthz", "healthz"), by: "gateway" },
  { ...file("/desk/v1/*", "desk"), by: "desk", methods: [] },
]

/** First path segments used by the routes, which no region may use as its slug. */
export const reservedSegments: ReadonlySet<string> = new Set([
  ...routes.map(({ path }) => path.split("/")[1] ?? "").filter((first) => /^[^{]+$/.test(first)),
  "feed.json",
  "feed.xml",
])
