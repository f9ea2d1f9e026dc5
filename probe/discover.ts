// Finds on a running site what the checks ask for: an open article, a members' article, its lists.
import { randomBytes } from "node:crypto"
import type { Answer, Ask } from "./ask.ts"
import type { Site } from "./check.ts"

/** Articles looked at to find one for everyone and one for members. */
const mostArticles = 60

export interface Given {
  readonly open?: string | undefined
  readonly member?: string | undefined
  readonly gone?: string | undefined
  readonly cookie?: string | undefined
}

/** Where the site's JSON-LD says that an article is not free to read. */
export const isGated = ({ text }: Answer): boolean => /"isAccessibleForFree":\s*false/.test(text)

/** The site has no article that the checks could ask for. */
export class NothingToRead extends Error {}

/** @throws NothingToRead @throws Error if the site has another origin, or does not answer */
export async function discover(origin: string, ask: Ask, given: Given): Promise<Site> {
  const paths = await listArticles(origin, ask)
  let open = given.open ?? null
  let member = given.member ?? null
  for (const path of paths.slice(0, mostArticles)) {
    if (open !== null && member !== null) break
    const page = await ask(path)
    // The sitemaps also list static pages.
    if (!/"@type":\s*"\w*Article"/.test(page.text)) continue
    if (isGated(page)) member ??= path
    else open ??= path
  }
  if (open === null)
    throw new NothingToRead("the sitemap lists no article that everyone may read: publish one, or name one with --open")
  const cookie = given.cookie ?? null
  const listing = open.slice(0, open.lastIndexOf("/")) || "/"
  const missing = `${listing === "/" ? "" : listing}/${randomBytes(16).toString("hex")}`
  const pages = new Map<string, Promise<Answer>>()
  const page = (path: string) => pages.get(path) ?? (pages.set(path, ask(path)).get(path) as Promise<Answer>)
  const site = { origin, ask, page, open, member, listing, feed: "/feed.xml", sitemap: "/sitemap.xml", missing }
  const canaries = member === null || cookie === null ? [] : await findCanaries(ask, member, cookie)
  return { ...site, gone: given.gone ?? null, cookie, canaries }
}

/** Paths of articles in the sitemaps, newest month first. */
async function listArticles(origin: string, ask: Ask): Promise<string[]> {
  const index = await ask("/sitemap.xml")
  if (index.status >= 300 && index.status < 400)
    throw new Error(`the site is at ${new URL(index.headers.location ?? "/", origin).origin}: give that address`)
  if (index.status !== 200) throw new Error(`/sitemap.xml answered ${index.status}`)
  const sitemaps = readLocations(index.text, origin)
  const found: string[] = []
  for (const path of sitemaps.toReversed()) {
    found.push(...readLocations((await ask(path)).text, origin).filter((one) => one.split("/").length > 2))
    if (found.length >= mostArticles) break
  }
  return found
}

/** The paths in a sitemap's `<loc>` elements. @throws Error if one is on another origin */
export function readLocations(xml: string, origin: string): string[] {
  return [...xml.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, escaped = ""]) => {
    const url = new URL(escaped.replaceAll("&amp;", "&"))
    if (url.origin !== origin)
      throw new Error(`the sitemap names ${url.origin}, not ${origin}: give the site's own address`)
    return url.pathname + url.search
  })
}

/** The longest sentences that a member's page has and a visitor's does not. */
async function findCanaries(ask: Ask, path: string, cookie: string): Promise<string[]> {
  const [visitor, member] = [await ask(path), await ask(path, { headers: { Cookie: cookie } })]
  const sentences = textOf(member.text).match(/[^.!?\n<>]{40,120}/g) ?? []
  const open = textOf(visitor.text)
  return sentences.filter((one) => !open.includes(one)).slice(0, 5)
}

/** The text of a page's body, without elements. */
export function textOf(page: string): string {
  return page.replace(/<(script|style|textarea)[^>]*>[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]+>/g, "\n")
}
