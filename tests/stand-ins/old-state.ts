// A state folder and content as left by commit 9ffcffa, to test that every later version can start with them.
// Published content was recorded in a run of that commit (old-state/). Rows about people are written here with fresh
// keys and times, column by column as that commit's code wrote them.
import { createHash, createHmac, randomBytes, randomUUID } from "node:crypto"
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { convertV4MiniflareOptions, Miniflare } from "miniflare"

const root = resolve(import.meta.dirname, "../..")
const recorded = join(import.meta.dirname, "old-state")
const day = 86_400_000
const hour = 3_600_000

/** The migrations of that commit, with their SHA-256: an applied migration never changes. */
export const oldMigrations = {
  catalogue: {
    "0001_catalogue.sql": "c048eafd61e6bfbc3874804e97a5b509f0c42a69200d705dbee4fd5951a221e2",
    "0002_cards.sql": "41b3e4ca2842726933733d37a3e35d609d327d5d91f51ee2cd539bd9de2351a8",
    "0003_search.sql": "4d0ecc47eabb1d358e096ec2333585e962af12cc3e002bd158fe061191462398",
    "0004_sitemap.sql": "167a304579c63a765870869d07f7360af3cd63578a684cd3e5db902922fbf1d0",
  },
  people: {
    "0001_people.sql": "0566306fc32c316b63eda53784d993308de3f99ed27566634b06c8f4a33c1fa2",
    "0002_attempts.sql": "bc26cfae2a40307cb90f0e890cc9f93a5ee8a467b67b5f10919a6a962ac9bf64",
    "0003_members.sql": "9bb6539cfe1e9c3bb1a0a6944a918e280a4101e4f2a1aeb428d17ab7b23bf7a9",
    "0004_subscribers.sql": "9e58d9c57d65387b89f6e0df5b684ecc31297a8d0a99906cf7e96bca0d3e5184",
    "0005_stripe.sql": "c711fb96b50a3b6ca72a7f745aa6499737fbff90b9d86de0317907dd2e6c98ea",
  },
} as const

interface Statement {
  bind(...values: unknown[]): Statement
  run(): Promise<unknown>
}
interface Database {
  prepare(query: string): Statement
}
interface Store {
  put(key: string, value: string | Uint8Array, options?: { metadata: unknown }): Promise<void>
}

/** Writes `FOLDER/state` and `FOLDER/content`. @returns people's credentials: cookies, tokens, keys */
export async function writeOldState(folder: string) {
  const state = join(folder, "state")
  const siteId = "270234f6b73d338d"
  cpSync(join(recorded, "content"), join(folder, "content"), { recursive: true })
  mkdirSync(join(folder, "content/.dateline"))
  cpSync(join(recorded, "record.json"), join(folder, `content/.dateline/${siteId}.json`))
  mkdirSync(join(state, "mail"), { recursive: true, mode: 0o755 })
  const [deskKey, sessionKey] = ["desk.key", "session.keys"].map((name) => {
    const key = makeToken()
    writeFileSync(join(state, name), `${key}\n`, { mode: 0o600 })
    return key
  }) as [string, string]
  writeFileSync(join(state, "mail/2026-11-29T02-01-03.241Z-0001.eml"), "Subject: A sign-in link\r\n", { mode: 0o600 })
  // As left by a killed start: no process has this id.
  writeFileSync(join(state, "start.lock"), JSON.stringify({ start: 2 ** 22 + 1, workerd: [] }))
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: "export default {}",
      telemetry: { enabled: false },
      resourcePersistencePath: join(state, "v3"),
      kvNamespaces: { ARTICLES: "articles", MEMBERS_ARTICLES: "members-articles", MEDIA: "media" },
      d1Databases: { CATALOGUE: "catalogue", PEOPLE: "people" },
    }),
  )
  try {
    const catalogue = (await miniflare.getD1Database("CATALOGUE")) as unknown as Database
    const people = (await miniflare.getD1Database("PEOPLE")) as unknown as Database
    await migrate(catalogue, "catalogue")
    await migrate(people, "people")
    await catalogue.prepare(readFileSync(join(recorded, "catalogue.sql"), "utf8")).run()
    // Gifts are listed for 30 days: the moves happen now, after the gifts.
    await catalogue.prepare(`UPDATE audit SET at = ${Date.now()} WHERE action = 'move'`).run()
    const stores = ["ARTICLES", "MEMBERS_ARTICLES", "MEDIA"].map((name) => miniflare.getKVNamespace(name))
    await writeBodies((await Promise.all(stores)) as unknown as [Store, Store, Store])
    return { siteId, deskKey, ...(await writePeople(people, sessionKey)) }
  } finally {
    await miniflare.dispose()
  }
}

/** Applies that commit's migrations and no later ones, recorded as it recorded them. */
async function migrate(db: Database, name: keyof typeof oldMigrations): Promise<void> {
  await db
    .prepare(
      "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
    )
    .run()
  for (const file of Object.keys(oldMigrations[name])) {
    const text = readFileSync(join(root, "migrations", name, file), "utf8")
    await db.prepare(`${text}\nINSERT INTO d1_migrations (name) VALUES ('${file}');`).run()
  }
}

async function writeBodies([articles, members, media]: [Store, Store, Store]): Promise<void> {
  const bodies = JSON.parse(readFileSync(join(recorded, "bodies.json"), "utf8"))
  for (const text of bodies.articles) await articles.put(hash(text), text)
  for (const text of bodies["members-articles"]) await members.put(hash(text), text)
  const picture = readFileSync(join(recorded, "content/asia/nepal/river.png"))
  const card = readFileSync(join(recorded, "card.jpg"))
  const metadata = { extension: "png", size: picture.length, at: 1795917616043 }
  await media.put(hash(picture), picture, { metadata })
  await media.put(hash(card), card, { metadata: { extension: "jpg", size: card.length } })
}

async function writePeople(db: Database, sessionKey: string) {
  const now = Date.now()
  const insert = async (table: string, row: Record<string, string | number | null>) => {
    const marks = Object.keys(row).map(() => "?")
    const query = `INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${marks.join(", ")})`
    await db
      .prepare(query)
      .bind(...Object.values(row))
      .run()
  }

  const editorKey = `dl_${makeToken()}`
  const editor = { role: "editor", created_at: now - day }
  await insert("editors", { name: "ann", ...editor, key_hash: hash(editorKey), revoked_at: null })
  const revokedKey = `dl_${makeToken()}`
  await insert("editors", { name: "gone", ...editor, key_hash: hash(revokedKey), revoked_at: now - 1000 })

  const standings = {
    granted: { granted_until: 8_640_000_000_000_000 },
    paid: { paid_until: now + 20 * day, stripe_customer: "cus_1", stripe_subscription: "sub_1", stripe_at: now - day },
    revoked: { revoked_at: now - 1000 },
  }
  const sessions: Record<string, string> = {}
  const unsubscribe: Record<string, string> = {}
  const ids: Record<string, string> = {}
  for (const [name, standing] of Object.entries(standings)) {
    const member = randomUUID()
    const email = `${name[0]?.toUpperCase()}${name.slice(1)}@example.org`
    const folded = email.toLowerCase()
    const created_at = now - 9 * day
    const language = name === "granted" ? "fr" : "en"
    await insert("members", { id: member, email, email_folded: folded, language, created_at, ...standing })
    const session = randomUUID()
    const expires = Math.floor(now / 1000) + 2_592_000
    await insert("sessions", { id: session, member, created_at: now, expires_at: expires * 1000 })
    const checked = Math.floor(now / 1000) - 600
    sessions[name] = `dateline=${sign("dateline-session.v1", [session, member, expires, checked, 0], sessionKey)}`
    const token = makeToken()
    await insert("subscribers", { email, email_folded: folded, language, token, created_at })
    const subscriber = Object.keys(ids).length + 1
    await insert("subscriptions", { subscriber, list: "digest", since: created_at })
    if (name === "granted") await insert("subscriptions", { subscriber, list: "headlines", since: now })
    unsubscribe[name] = token
    ids[name] = member
  }
  const member = ids.granted as string
  await insert("payments", {
    subscription: "sub_1",
    customer: "cus_1",
    member: ids.paid as string,
    until: now + 20 * day,
    cancels: 0,
    at: now - day,
  })
  for (const key of ["evt_1", "welcome sub_1"]) await insert("stripe_done", { key, at: now - day })

  const browser = makeToken()
  const link = { member: ids.paid as string, browser: hash(browser), next: "/asia/nepal/teaser" }
  const signInToken = makeToken()
  await insert("links", { hash: hash(signInToken), ...link, expires_at: now + 900_000, used_at: null })
  await insert("links", { hash: hash(makeToken()), ...link, expires_at: now + 900_000, used_at: now })
  for (const path of ["/asia/nepal/teaser", "/africa/chad/moved-twice"])
    await insert("saved", { member, path, at: now })
  // The second was given before the article moved.
  const gifts: Record<string, string> = {}
  for (const path of ["/asia/nepal/teaser", "/africa/chad/first-place"]) {
    const id = randomBytes(12).toString("hex")
    const expires = Math.floor(now / 1000) + 604_800
    await insert("gifts", { id, member, path, created_at: now - hour, expires_at: expires * 1000, revoked_at: null })
    gifts[path] = sign("dateline-gift.v1", [id, expires], sessionKey)
  }
  const feedToken = randomBytes(32).toString("hex")
  await insert("private_feeds", { token: feedToken, member, created_at: now })
  const confirmToken = makeToken()
  const waiting = { email: "Waiting@example.org", email_folded: "waiting@example.org", language: "en" }
  await insert("confirmations", { token_hash: hash(confirmToken), ...waiting, expires_at: now + 3 * day })
  for (const key of [`sign-in address:${hash("a")}`, "sign-in", "newsletter all"])
    await insert("attempts", { key, at: now })
  return { editorKey, revokedKey, sessions, unsubscribe, browser, signInToken, gifts, feedToken, confirmToken }
}

/** A signed text as that commit signed it. */
function sign(purpose: string, fields: readonly (string | number)[], key: string): string {
  const payload = Buffer.from(JSON.stringify(fields)).toString("base64url")
  return `${payload}.${createHmac("sha256", key).update(`${purpose}.${payload}`).digest("base64url")}`
}

function makeToken(): string {
  return randomBytes(32).toString("base64url")
}

/** SHA-256 in hex. */
export function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex")
}
