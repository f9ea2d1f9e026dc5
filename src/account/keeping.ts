// What a member does with an article: saves it, gives it away. Each by a page that asks, and a form that does it.
import { type Context, Hono } from "hono"
import { HTTPException } from "hono/http-exception"
import { giftLasts } from "../membership/gift.ts"
import { type ArticleFormView, renderGivePage, renderSavePage } from "../render/account-pages.ts"
import { giftsAMonth, giveArticle, removeSaved, revokeGift, saveArticle } from "../store/gifts.ts"
import { findArticle as findReadable } from "../store/listings.ts"
import { readArticlePath } from "./addresses.ts"
import { readForm } from "./form.ts"
import { goTo, inTime, isMemberNow, requireVisitor, type VisitorEnv } from "./visitor.ts"

export const keepingRoutes = new Hono<VisitorEnv>()
  .get("/account/save", requireVisitor, async (c) => {
    const article = await findArticle(c, c.req.query("path"))
    return c.html(renderSavePage(viewOf(c, article, null), c.env.door.site))
  })
  .post("/account/save", requireVisitor, async (c) => {
    const article = await findArticle(c, (await readForm(c.req.raw)).get("path"))
    await inTime(saveArticle(c.env.door.people, c.var.visitor.member.id, article.path, Date.now()))
    return goTo(c, "/account#saved_")
  })
  .post("/account/unsave", requireVisitor, async (c) => {
    const path = (await readForm(c.req.raw)).get("path") ?? ""
    await inTime(removeSaved(c.env.door.people, c.var.visitor.member.id, path))
    return goTo(c, "/account#saved_")
  })
  .get("/account/give", requireVisitor, async (c) => {
    const article = await findArticle(c, c.req.query("path"))
    const refused = isMemberNow(c.var.visitor) ? null : "membersDo"
    return c.html(renderGivePage(viewOf(c, article, refused), c.env.door.site), refused === null ? 200 : 403)
  })
  .post("/account/give", requireVisitor, async (c) => {
    const { people, site } = c.env.door
    const article = await findArticle(c, (await readForm(c.req.raw)).get("path"))
    if (!isMemberNow(c.var.visitor)) return c.html(renderGivePage(viewOf(c, article, "membersDo"), site), 403)
    const now = Date.now()
    const expires = (Math.floor(now / 1000) + giftLasts) * 1000
    const id = await inTime(giveArticle(people, c.var.visitor.member.id, article, now, expires))
    if (id === null) return c.html(renderGivePage(viewOf(c, article, "giveUsedUp"), site), 429)
    return goTo(c, "/account#gifts_")
  })
  .post("/account/give/revoke", requireVisitor, async (c) => {
    const { people, standings } = c.env.door
    const id = (await readForm(c.req.raw)).get("id") ?? ""
    await inTime(revokeGift(people, c.var.visitor.member.id, id, Date.now()))
    standings.known.delete(`gift ${id}`)
    return goTo(c, "/account#gifts_")
  })

interface Article {
  readonly id: string
  readonly path: string
  readonly title: string
}

/** The article that is asked for. @throws HTTPException 404 when readers cannot see one there */
async function findArticle(c: Context<VisitorEnv>, given: string | null | undefined): Promise<Article> {
  const { site, catalogue } = c.env.door
  const path = readArticlePath(given, site)
  const found = path === null ? null : await inTime(findReadable(catalogue, path, Date.now()))
  if (path === null || found === null) throw new HTTPException(404)
  return { ...found, path }
}

function viewOf(
  c: Context<VisitorEnv>,
  { path, title }: Article,
  refused: ArticleFormView["refused"],
): ArticleFormView {
  return { language: c.env.language, path, title, refused, most: giftsAMonth }
}
