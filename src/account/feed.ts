// The private feed: made, replaced and revoked in the account; read without a cookie by whoever has its address.
import { Hono } from "hono"
import { renderPrivateFeed } from "../render/feeds.ts"
import { type MarkdownOptions, renderMarkdown } from "../render/markdown.ts"
import { listingKey } from "../site/format-address.ts"
import { logBug } from "../store/failure.ts"
import { findFeedMember, makeFeed, revokeFeed } from "../store/gifts.ts"
import { readFullTexts } from "../store/listings.ts"
import { pathTo } from "./addresses.ts"
import type { Door } from "./door.ts"
import { goTo, inTime, isMemberNow, requireVisitor, type VisitorEnv } from "./visitor.ts"

/** Articles in the feed: two KV reads each must stay under the platform's 50 requests a call. */
const size = 20
const fileShape = /^([0-9a-f]{64})\.xml$/

export const feedRoutes = new Hono<VisitorEnv>()
  .post("/account/feed", requireVisitor, async (c) => {
    const { door } = c.env
    if (isMemberNow(c.var.visitor)) await inTime(makeFeed(door.people, c.var.visitor.member.id, Date.now()))
    return goTo(c, "/account#feed_")
  })
  .post("/account/feed/revoke", requireVisitor, async (c) => {
    await inTime(revokeFeed(c.env.door.people, c.var.visitor.member.id))
    return goTo(c, "/account#feed_")
  })
  .get("/account/feed/:file", async (c) => {
    const { door, language } = c.env
    const now = Date.now()
    const token = fileShape.exec(c.req.param("file"))?.[1]
    const member = token === undefined ? null : await inTime(findFeedMember(door.people, token))
    // Once revoked or lapsed it is as if it had never been; feed readers stop asking at 404.
    if (member === null || member.until <= now) return c.notFound()
    const listing = listingKey({ kind: "front", language })
    const texts = await inTime(readFullTexts(door.catalogue, door.bodies, listing, size, now))
    const items = await Promise.all(
      texts.map(async ({ entry, media, text }) => ({
        entry,
        html: await renderText(text, { language: entry.language, media, site: door.site }, entry.path),
      })),
    )
    return c.body(renderPrivateFeed({ language, items }, door.site), 200, {
      "Content-Type": "application/rss+xml; charset=utf-8",
    })
  })

/** One text that cannot be rendered costs no member the feed: null. */
async function renderText(text: string, options: MarkdownOptions, path: string): Promise<string | null> {
  try {
    return await renderMarkdown(text, options)
  } catch (error) {
    logBug(error, path)
    return null
  }
}

/** A private feed's address. */
export function feedAddress(token: string, language: string, door: Door): string {
  return `${door.site.origin}${pathTo(`/account/feed/${token}.xml`, language, door)}`
}
