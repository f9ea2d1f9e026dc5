// The wall: who may read what. One pure function decides.
import type { Story } from "../article/article.ts"

/** For whom a page is built: part of every cache's key. `gift`: somebody to whom a member gave this one article. */
export type Audience = "public" | "members" | "gift"

/** An audience as the caches' key has it: a gift with the id of the article that was given. */
export type AudienceKey = "public" | "members" | `gift ${string}`

/** `full` or `teaser`, from the article and the reader's standing alone. */
export function decideAccess(story: Pick<Story, "gated">, audience: Audience): "full" | "teaser" {
  return story.gated && audience === "public" ? "teaser" : "full"
}
