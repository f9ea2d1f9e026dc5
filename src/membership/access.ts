// The wall: who may read what. One pure function decides.

/** For whom a page is built: part of every cache's key. `gift`: somebody to whom a member gave this one article. */
export type Audience = "public" | "members" | "gift"

/** An audience as the caches' key has it: a gift with the id of the article that was given. */
export type AudienceKey = "public" | "members" | `gift ${string}`

/** `full` or `teaser`. A gift opens the article that was given and no other. Page, twin and private feed ask this. */
export function decideAccess(article: { id: string; gated: boolean }, audience: AudienceKey): "full" | "teaser" {
  return !article.gated || audience === "members" || audience === `gift ${article.id}` ? "full" : "teaser"
}

/** An audience without the article that was given. */
export function audienceOf(audience: AudienceKey): Audience {
  return audience === "public" || audience === "members" ? audience : "gift"
}
