// The account's page, and the member's data: given to them, deleted.
import { type Context, Hono } from "hono"
import { signGift } from "../membership/gift.ts"
import {
  type GivenArticle,
  type Membership,
  renderAccountPage,
  renderDeletedPage,
  renderDeletePage,
} from "../render/account-pages.ts"
import { isBug } from "../store/failure.ts"
import { findFeed, type GiftRow, listGifts, listSaved, locateGiven, resolveGift } from "../store/gifts.ts"
import { readTitles } from "../store/listings.ts"
import { findMemberById, type Member, withoutEnd } from "../store/members.ts"
import { listPayable, listPayments, type Payment } from "../store/payments.ts"
import { deletePerson, exportPerson } from "../store/personal-data.ts"
import { gatherSpellings } from "../store/spellings.ts"
import { findSubscriber } from "../store/subscribers.ts"
import { pathTo } from "./addresses.ts"
import type { Door } from "./door.ts"
import { feedAddress } from "./feed.ts"
import { readForm } from "./form.ts"
import { endPayments } from "./payments.ts"
import { describeFailure } from "./stripe.ts"
import { closeSession, inTime, requireVisitor, type VisitorEnv } from "./visitor.ts"

export const accountRoutes = new Hono<VisitorEnv>()
  .get("/account", requireVisitor, async (c) => {
    const { door, language } = c.env
    const { member } = c.var.visitor
    const now = Date.now()
    const [payments, saved, gifts, feed, subscriber] = await inTime(
      Promise.all([
        listPayments(door.people, member.id),
        listSaved(door.people, member.id),
        listGifts(door.people, member.id, now),
        findFeed(door.people, member.id),
        findSubscriber(door.people, member.email),
      ]),
    )
    const given = await inTime(Promise.all(gifts.map((gift) => resolveGift(door.people, door.catalogue, gift))))
    const [titles, places] = await inTime(
      Promise.all([readTitles(door.catalogue, saved), locateGiven(door.catalogue, given)]),
    )
    const view = {
      language,
      email: member.email,
      membership: describeMembership(member, payments),
      saved: saved.map((path) => ({ path, title: titles.get(path) ?? path })),
      gifts: await Promise.all(
        gifts.map((gift, index) => describeGift(gift, places.get(given[index] ?? ""), door, now)),
      ),
      feed: feed === null ? null : feedAddress(feed, language, door),
      newsletter:
        subscriber === null ? null : pathTo(`/newsletter/unsubscribe?token=${subscriber.token}`, language, door),
      now,
    }
    return c.html(renderAccountPage(view, door.site))
  })
  .post("/account/export", requireVisitor, async (c) => {
    const { door } = c.env
    const data = await inTime(findWhole(c.var.visitor.member, door).then((member) => exportPerson(door.people, member)))
    const headers = { "Content-Disposition": 'attachment; filename="my-data.json"' }
    return c.body(`${JSON.stringify(data, null, 2)}\n`, 200, { "Content-Type": "application/json", ...headers })
  })
  .get("/account/delete", requireVisitor, async (c) => c.html(await askToDelete(c, null)))
  .post("/account/delete", requireVisitor, async (c) => {
    const { door, language } = c.env
    const { session } = c.var.visitor
    if ((await readForm(c.req.raw)).get("sure") !== "1") return c.html(await askToDelete(c, "unchecked"), 422)
    const member = await inTime(findWhole(c.var.visitor.member, door))
    // First: of whoever is deleted we do not know any more what they pay.
    if (!(await endAllPayments(member, door))) {
      c.header("Retry-After", "60")
      return c.html(await askToDelete(c, "trouble"), 503)
    }
    await inTime(deletePerson(door.people, member))
    c.header("Set-Cookie", await closeSession(session, door))
    return c.html(renderDeletedPage(language, door.site))
  })

/** The member with all that is stored under other spellings of their address. */
async function findWhole(member: Member, { people }: Door): Promise<Member> {
  await gatherSpellings(people, member.email)
  return (await findMemberById(people, member.id)) ?? member
}

/** @returns have they ended? A site without keys has none to end. @throws StoreFailure */
async function endAllPayments(member: Member, door: Door): Promise<boolean> {
  if (door.stripe === null) return true
  const payable = await inTime(listPayable(door.people, member))
  try {
    await endPayments(payable, door.stripe)
    return true
  } catch (error) {
    if (isBug(error)) throw error
    console.error("payments not ended", describeFailure(error))
    return false
  }
}

async function askToDelete(c: Context<VisitorEnv>, problem: "unchecked" | "trouble" | null): Promise<string> {
  const { door, language } = c.env
  const { member } = c.var.visitor
  const pays = (await inTime(listPayments(door.people, member.id))).some(({ live }) => live)
  const payments = pays ? (door.stripe === null ? "stay" : "end") : null
  return renderDeletePage({ language, email: member.email, payments, problem }, door.site)
}

function describeMembership(member: Member, payments: readonly Payment[]): Membership {
  const { until, paidUntil, grantedUntil, cancels, stripeCustomer } = member
  const live = payments.filter((payment) => payment.live)
  // The longest may have been cancelled while another is renewed.
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
  { id, path, expiresAt, revokedAt }: GiftRow,
  place: { readonly path: string; readonly title: string } | undefined,
  door: Door,
  now: number,
): Promise<GivenArticle> {
  const opens = revokedAt === null && expiresAt > now && place !== undefined
  const token = opens ? await signGift({ id, expires: Math.floor(expiresAt / 1000) }, door.sessionKeys) : null
  const url = token === null ? null : `${door.site.origin}${place?.path}?gift=${token}`
  return { id, path: place?.path ?? path, title: place?.title ?? path, url, expiresAt, revoked: revokedAt !== null }
}
