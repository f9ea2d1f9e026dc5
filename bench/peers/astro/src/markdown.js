// Renders Markdown with ids on headings, as marked's documentation recommends.
import { Marked } from "marked"
import { gfmHeadingId } from "marked-gfm-heading-id"

export const markdown = new Marked(gfmHeadingId({ prefix: "h-" }))
