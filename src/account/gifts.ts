// A member's saved articles, gift links and private feed. Links only open a form; submitting it makes the change.
import { HTTPException } from "hono/http-exception"
import { giftLasts, signGift } from "../membership/access.ts"
import { renderArticleForm, renderGiftPage } from "../render/account-pages.ts"
import { renderPrivateFeed } from "../render/feeds.ts"
import { renderMarkdown } from "../render/markdown.ts"
import { listingKey } from "../site/format-address.ts"
import { logBug } from "../store/failure.ts"
import {
  findFeedMember,
  findArticle as findReadable,
  type GiftRow,
  giftsAMonth,
  giveArticle,
  listGifts,
  makeFeed,
  readAddresses,
  readTexts,
  removeSaved,
  revokeFeed,
  revokeGift,
  saveArticle,
} from "../store/gifts.ts"
import { type AccountContext, type Call, goTo, newRoutes, readArticlePath, readForm, requireSignIn } from "./context.ts"

/** Number of articles in the feed. Each takes two KV reads, and the platform allows 50 requests per invocation. */
const feedSize = 20
const feedFile = /^([0-9a-f]{64})\.xml$/

export const giftRoutes = newRoutes()
  .get("/account/save", requireSignIn, async (c) => {
    return showForm(c, await findArticle(c), "save")
  })
  .post("/account/save", requireSignIn, async (c) => {
    await readForm(c)
    const { path } = await findArticle(c)
    const { id } = c.var.signedIn.member
    await removeSaved(c.env.people, id, await readAddresses(c.env.catalogue, path))
    await saveArticle(c.env.people, id, path, Date.now())
    // The article's page is the same for everyone, so the fragment makes it show that the article is saved.
    return c.redirect(`${c.env.site.origin}${path}#saved_`, 303)
  })
  .post("/account/unsave", requireSignIn, async (c) => {
    const fromList = (await readForm(c)).has("list")
    const { path = "" } = c.req.query()
    await removeSaved(c.env.people, c.var.signedIn.member.id, await readAddresses(c.env.catalogue, path))
    if (fromList || readArticlePath(path, c.env.site) === null) return goTo(c, "/account#saved_")
    return c.redirect(c.env.site.origin + path, 303)
  })
  .get("/account/give", requireSignIn, async (c) => {
    const article = await findArticle(c)
    const gift = await findGift(c, article)
    const { site, language } = c.env
    if (gift !== null) return c.html(renderGiftPage({ language, ...article, ...gift }, site))
    return showForm(c, article, "give", isMember(c) ? null : "membersDo")
  })
  .post("/account/give", requireSignIn, async (c) => {
    const article = await findArticle(c)
    if (!isMember(c)) return showForm(c, article, "give", "membersDo")
    const now = Date.now()
    const expires = (Math.floor(now / 1000) + giftLasts) * 1000
    const id = await giveArticle(c.env.people, c.var.signedIn.member.id, article, now, expires)
    if (id === null) return showForm(c, article, "give", "giveUsedUp")
    return goTo(c, `/account/give?${new URLSearchParams({ path: article.path, made: id })}`)
  })
  .post("/account/give/revoke", requireSignIn, async (c) => {
    const id = (await readForm(c)).get("id") ?? ""
    await revokeGift(c.env.people, c.var.signedIn.member.id, id, Date.now())
    c.env.statusCache.statuses.delete(`gift ${id}`)
    return goTo(c, "/account#gifts_")
  })
  .post("/account/feed", requireSignIn, async (c) => {
    if (isMember(c)) await makeFeed(c.env.people, c.var.signedIn.member.id, Date.now())
    return goTo(c, "/account#feed_")
  })
  .post("/account/feed/revoke", requireSignIn, async (c) => {
    await revokeFeed(c.env.people, c.var.signedIn.member.id)
    return goTo(c, "/account#feed_")
  })
  // Needs no cookie: anyone with the URL can read the feed.
  .get("/account/feed/:file", async (c) => {
    const { site, language, people } = c.env
    const now = Date.now()
    const token = feedFile.exec(c.req.param("file"))?.[1]
    const member = token === undefined ? null : await findFeedMember(people, token)
    // A revoked or lapsed feed is a 404, as if it had never existed, so that feed readers stop polling it.
    if (member === null || member.until <= now) return c.notFound()
    const listing = listingKey({ kind: "front", language })
    const texts = await readTexts(c.env, { listing, size: feedSize, audience: "members" }, now)
    const items = await Promise.all(
      texts.map(async ({ record: entry, text }) => {
        const { language, media, path } = entry
        try {
          return { entry, html: await renderMarkdown(text, { language, media, site, path }) }
        } catch (error) {
          // An article that cannot be rendered must not break the feed.
          logBug(error, path)
          return { entry, html: null }
        }
      }),
    )
    return c.body(renderPrivateFeed({ language, items }, site), 200, {
      "Content-Type": "application/rss+xml; charset=utf-8",
    })
  })

function isMember(c: Call): boolean {
  return c.var.signedIn.member.until > Date.now()
}

type Article = Awaited<ReturnType<typeof findArticle>>

/** The article at the query's `path`. @throws HTTPException 404 if readers cannot see an article there */
async function findArticle(c: Call) {
  const path = readArticlePath(c.req.query("path"), c.env.site)
  const found = path === null ? null : await findReadable(c.env.catalogue, path, Date.now())
  if (path === null || found === null) throw new HTTPException(404)
  return { ...found, path }
}

/** The link of the gift just created for this article, or null if it no longer works. */
async function findGift(c: Call, { id, path }: Article): Promise<{ url: string; until: number } | null> {
  const { made } = c.req.query()
  const now = Date.now()
  const gifts = made === undefined ? [] : await listGifts(c.env.people, c.var.signedIn.member.id, now)
  const gift = gifts.find((one) => one.id === made && one.article === id)
  if (gift === undefined || gift.revokedAt !== null || gift.expiresAt <= now) return null
  return { url: await giftUrl(c.env, path, gift), until: gift.expiresAt }
}

/** The gift link to an article. `path`: where the article is now. */
export async function giftUrl(
  { site, sessionKeys }: AccountContext,
  path: string,
  { id, expiresAt }: Pick<GiftRow, "id" | "expiresAt">,
): Promise<string> {
  return `${site.origin}${path}?gift=${await signGift({ id, expires: Math.floor(expiresAt / 1000) }, sessionKeys)}`
}

const refusals = { membersDo: 403, giveUsedUp: 429 } as const

function showForm(
  c: Call,
  { path, title }: Article,
  action: "save" | "give",
  refused: keyof typeof refusals | null = null,
) {
  const { language, site } = c.env
  const page = renderArticleForm({ language, path, title, refused, most: giftsAMonth }, action, site)
  return c.html(page, refused === null ? 200 : refusals[refused])
}
