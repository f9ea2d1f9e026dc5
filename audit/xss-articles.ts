// Publishes articles with a hostile text in every field that an editor can write.
import { createHash } from "node:crypto"
import config from "../dateline.config.ts"
import { explainPicture } from "../src/article/check-references.ts"
import { lexMarkdown } from "../src/article/lex-markdown.ts"
import { parseArticle } from "../src/article/parse.ts"
import { findAddresses } from "../src/article/references.ts"
import { nameSlug } from "../src/site/slug.ts"
import type { RunningSite } from "../tests/whole/running-site.ts"

/** Where an article contains the payload, by the desk's names for these fields. */
const places = ["title", "summary", "image.caption", "topics", "body"] as const
export type Place = (typeof places)[number]

export interface HostileArticle {
  readonly number: number
  readonly payload: string
  readonly path: string
  readonly topicPath: string | null
  /** The places where the desk accepted it. */
  readonly held: ReadonlySet<Place>
}

interface Draft {
  readonly number: number
  readonly payload: string
  readonly path: string
  readonly held: Set<Place>
  body: string
}

/** One pixel. */
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
)
const upload = { sha256: createHash("sha256").update(picture).digest("hex"), extension: "png", width: 1, height: 1 }
const batchSize = 20
const prefixes = ["", "/fr", "/ar", "/ru"]

/**
 * Publishes one article per payload, in the site's languages in turn. A place where the desk refuses it gets a
 * harmless word instead.
 * @returns the articles, and `place: reason` of each refusal
 */
export async function publishPayloads(
  site: RunningSite,
  payloads: readonly string[],
): Promise<{ articles: HostileArticle[]; refused: string[] }> {
  const address = `${site.url}/desk/v1/media/${upload.sha256}.png`
  const headers = { Authorization: `Bearer ${site.key}` }
  const sent = await fetch(address, { method: "PUT", headers, body: picture })
  if (!sent.ok) throw new Error(`the desk refused the picture: ${await sent.text()}`)
  const drafts = payloads.map((payload, number): Draft => {
    const path = `${prefixes[number % prefixes.length]}/asia/tajikistan/payload-${number}`
    return { number, payload, path, held: new Set(places), body: payload }
  })
  const refused: string[] = []
  for (let at = 0; at < drafts.length; at += batchSize)
    refused.push(...(await publishBatch(site, drafts.slice(at, at + batchSize))))
  const articles = drafts.map((draft) => ({ ...draft, topicPath: topicPathOf(draft) }))
  return { articles, refused }
}

function topicPathOf({ number, payload, held }: Draft): string | null {
  return held.has("topics") ? `${prefixes[number % prefixes.length]}/topics/${nameSlug(payload)}` : null
}

async function publishBatch(site: RunningSite, drafts: readonly Draft[]): Promise<string[]> {
  const refused: string[] = []
  // After each refusal, a picture is renamed or the payload is removed from a place.
  for (let turn = 0; turn < 2 * places.length; turn++) {
    const response = await fetch(`${site.url}/desk/v1/publish`, {
      method: "POST",
      headers: { Authorization: `Bearer ${site.key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ articles: drafts.map(describeDraft) }),
    })
    const outcome = (await response.json()) as { problems: { file: string; field: string; message: string }[] }
    if (response.ok) return refused
    if (response.status !== 422) throw new Error(`the desk answered ${response.status}: ${JSON.stringify(outcome)}`)
    for (const { file, field, message } of outcome.problems) {
      const draft = drafts.find(({ path }) => `${path.slice(1)}.md` === file)
      const place = places.find((name) => field.startsWith(name)) ?? "body"
      if (draft !== undefined && place === "body" && showPicture(draft)) continue
      if (draft?.held.delete(place)) refused.push(`${place}: ${message.replace(/".*"/s, "…")}`)
    }
  }
  throw new Error("the desk refuses a text even without any payload")
}

/**
 * The desk refuses a text with a picture that cannot be shown, `<img src=x>`: an attacker would name one that can.
 * @returns whether there was such a picture; it has another name now
 */
function showPicture(draft: Draft): boolean {
  let { body } = draft
  for (const { kind, address: name } of findAddresses(lexMarkdown(body), body)) {
    if (kind !== "picture" || explainPicture(name, null) === null) continue
    body = body.replace(new RegExp(`(src\\s*=\\s*["'\`]?|\\]\\()${RegExp.escape(name)}`, "giu"), "$1./pixel.png")
  }
  if (body === draft.body) return false
  draft.body = body
  return true
}

function describeDraft(draft: Draft) {
  const source = writeSource(draft)
  const { article } = parseArticle(`${draft.path.slice(1)}.md`, source, config)
  // Any relative picture that the payload refers to exists.
  const names = article?.pictures ?? ["./pixel.png"]
  const media = Object.fromEntries([...names].sort().map((name) => [name, upload]))
  const digest = createHash("sha256")
    .update(`${source}\n${JSON.stringify(media)}`)
    .digest("hex")
  return { path: draft.path, base: 0, source, media, digest }
}

function writeSource({ payload, held, body }: Draft): string {
  const write = (place: Place): string => quoteYaml(held.has(place) ? payload : "plain")
  return `---
title: ${write("title")}
summary: ${write("summary")}
date: 2026-01-02
topics: [${write("topics")}]
image: { src: ./pixel.png, alt: A pixel, caption: ${write("image.caption")} }
rights: meridian
---
${held.has("body") ? body : "plain"}
`
}

/** A text in double quotes as YAML reads them. */
function quoteYaml(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
}
