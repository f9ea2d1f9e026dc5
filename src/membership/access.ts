// The wall: who may read what. One pure function decides.
import type { Story } from "../article/article.ts"

/** For whom a page is built: part of every cache's key. */
export type Audience = "public" | "members"

/** `full` or `teaser`, from the article and the reader's standing alone. */
export function decideAccess(story: Pick<Story, "gated">, audience: Audience): "full" | "teaser" {
  return story.gated && audience !== "members" ? "teaser" : "full"
}
