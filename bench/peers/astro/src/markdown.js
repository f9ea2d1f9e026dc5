// Markdown with ids on its headings, as marked's documentation sets them.
import { Marked } from "marked"
import { gfmHeadingId } from "marked-gfm-heading-id"

export const markdown = new Marked(gfmHeadingId({ prefix: "h-" }))
