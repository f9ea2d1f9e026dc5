// The account page, and the export and deletion of a member's data.

import { HTTPException } from "hono/http-exception"
import { lists } from "../article/edition.ts"
import { formatHint, hintOf } from "../membership/session.ts"
import { type GivenArticle, type Membership, renderAccountPage, renderDeletePage } from "../render/account-pages.ts"
import { StoreFailure } from "../store/failure.ts"
import {
  findFeed,
  type GiftRow,
  isSaved,
  listGifts,
  listSaved,
  locateGiven,
  readAddresses,
  readTitles,
} from "../store/gifts.ts"
import { findMemberById, withoutEnd } from "../store/members.ts"
import { mergeSpellings } from "../store/merge-people.ts"
import { listPayments, type Payment } from "../store/payments.ts"
import { deletePerson, exportPerson } from "../store/personal-data.ts"
import { type Member, resolveGift } from "../store/sessions-and-gifts.ts"
import { endSubscription, findSubscriber } from "../store/subscribers.ts"
import {
  type AccountContext,
  type Call,
  closeSession,
  comesFromUs,
  findSignedIn,
  goTo,
  newRoutes,
  readArticlePath,
  readForm,
  readSession,
  requireSignIn,
  showNotice,
  urlTo,
} from "./context.ts"
import { giftUrl } from "./gifts.ts"
import { applyChoice, describeChoices } from "./newsletter.ts"
import { endPayments } from "./payments.ts"
import { logFailure, takesPayments } from "./stripe.ts"

export const accountRoutes = newRoutes()
  .get("/account", requireSignIn, async (c) => {
    const { people, catalogue, site, language } = c.env
    const { member } = c.var.signedIn
    const now = Date.now()
    const [payments, saved, gifts, feed, subscriber] = await Promise.all([
      listPayments(people, member.id),
      listSaved(people, member.id),
      listGifts(people, member.id, now),
      findFeed(people, member.id),
      findSubscriber(people, member.email),
    ])
    const given = await Promise.all(gifts.map((gift) => resolveGift(people, catalogue, gift)))
    const [titles, places] = await Promise.all([readTitles(catalogue, saved, now), locateGiven(catalogue, given, now)])
    const view = {
      language,
      email: member.email,
      membership: describeMembership(member, payments),
      saved: saved.map((path) => ({ path, title: titles.get(path) ?? path })),
      gifts: await Promise.all(
        gifts.map((gift, index) => describeGift(gift, places.get(given[index] ?? ""), c.env, now)),
      ),
      feed: feed === null ? null : urlTo(`/account/feed/${feed}.xml`, c.env),
      newsletters: describeChoices(c, subscriber, member.email, member.until > now, {
        stop: "/account/newsletters/stop",
        change: "/account/newsletters",
      }),
      now,
    }
    return c.html(renderAccountPage(view, site))
  })
  .get("/account/reader.json", describeReader)
  .post("/account/newsletters", requireSignIn, async (c) => {
    const { member } = c.var.signedIn
    await applyChoice(c, member, await readForm(c), member.until > Date.now())
    return goTo(c, "/account#newsletters_")
  })
  .post("/account/newsletters/stop", requireSignIn, async (c) => {
    const { people } = c.env
    const wanted = (await readForm(c)).get("list")
    const list = lists.find((one) => one === wanted)
    const subscriber = await findSubscriber(people, c.var.signedIn.member.email)
    if (list && subscriber) await endSubscription(people, subscriber.token, list)
    return goTo(c, "/account#newsletters_")
  })
  .post("/account/export", requireSignIn, async (c) => {
    const data = await exportPerson(c.env.people, await findWhole(c))
    const headers = { "Content-Disposition": 'attachment; filename="my-data.json"' }
    return c.body(`${JSON.stringify(data, null, 2)}\n`, 200, { "Content-Type": "application/json", ...headers })
  })
  .get("/account/delete", requireSignIn, async (c) => c.html(await askToDelete(c, null)))
  .post("/account/delete", requireSignIn, async (c) => {
    if ((await readForm(c)).get("sure") !== "1") return c.html(await askToDelete(c, "unchecked"), 422)
    const member = await findWhole(c)
    try {
      // Must come before the deletion, while the payments are still on record.
      if (takesPayments(c.env)) await endPayments(member, c.env)
    } catch (error) {
      if (error instanceof StoreFailure) throw error
      logFailure("payments not cancelled", error)
      c.header("Retry-After", "60")
      return c.html(await askToDelete(c, "trouble"), 503)
    }
    await deletePerson(c.env.people, member)
    await closeSession(c, c.var.signedIn.session)
    return showNotice(c, "deleted", "deletedText")
  })

/**
 * Tells a page's script whether the reader is a member and has saved the article at the query's `path`; null if nobody
 * is signed in. Pages are the same for everyone, so the script asks here if the browser has the hint cookie.
 */
async function describeReader(c: Call) {
  const { site, people, catalogue } = c.env
  // Only our own scripts may read this, whatever the browser's SameSite rules (threat model 60).
  if (!comesFromUs(c.req.raw, site)) throw new HTTPException(403)
  const path = readArticlePath(c.req.query("path"), site)
  const session = await readSession(c.req.raw, c.env)
  const [signedIn, saved] = await Promise.all([
    session && findSignedIn(c.req.raw, c.env),
    session !== null &&
      path !== null &&
      readAddresses(catalogue, path).then((paths) => isSaved(people, session.id, paths)),
  ])
  const isMember = signedIn !== null && signedIn.member.until > Date.now()
  const left = signedIn === null ? 0 : signedIn.session.expires - Math.floor(Date.now() / 1000)
  c.header("Vary", "Cookie, Origin, Sec-Fetch-Site")
  c.header("Cross-Origin-Resource-Policy", "same-origin")
  // Refreshes the hint: the session may have ended elsewhere, or the membership may have changed.
  c.header("Set-Cookie", formatHint(isMember, left, site.origin))
  return c.json(signedIn && { reader: hintOf(isMember), saved })
}

/** The member, after merging any data stored under other spellings of their address. */
async function findWhole(c: Call): Promise<Member> {
  const { member } = c.var.signedIn
  await mergeSpellings(c.env.people, member.email)
  return (await findMemberById(c.env.people, member.id)) ?? member
}

async function askToDelete(c: Call, problem: "unchecked" | "trouble" | null): Promise<string> {
  const { site, language, people, stripe } = c.env
  const { id, email } = c.var.signedIn.member
  const pays = (await listPayments(people, id)).some(({ live }) => live)
  const payments = pays ? (stripe === null ? "stay" : "end") : null
  return renderDeletePage({ language, email, payments, problem }, site)
}

function describeMembership(member: Member, payments: readonly Payment[]): Membership {
  const { until, paidUntil, grantedUntil, cancels, stripeCustomer } = member
  const live = payments.filter((payment) => payment.live)
  // The subscription that runs longest may be cancelled while another one renews.
  const renews = live.some((payment) => !payment.cancels && payment.until > 0)
  const active = until > Date.now()
  const paid = paidUntil >= grantedUntil
  return {
    until: until === withoutEnd ? null : until,
    source: active ? (paid ? "paid" : "granted") : null,
    renewal: !active || !paid ? null : !cancels ? "renews" : renews ? null : "cancels",
    payments: live,
    billing: stripeCustomer !== null,
  }
}

async function describeGift(
  gift: GiftRow,
  place: { readonly path: string; readonly title: string } | undefined,
  context: AccountContext,
  now: number,
): Promise<GivenArticle> {
  const { id, expiresAt, revokedAt } = gift
  const { path, title } = place ?? { path: gift.path, title: gift.path }
  const ended = revokedAt !== null ? "giftRevoked" : expiresAt <= now ? "giftEnded" : place === undefined && "goneTitle"
  const url = ended ? null : await giftUrl(context, path, gift)
  return { id, path, title, url, expiresAt, state: ended || "giftUntil" }
}
