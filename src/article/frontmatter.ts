// The front matter's schema: which keys there are, and what each may say. Data only; places and mends are in front.ts.
import * as v from "valibot"

// Control characters (C0 but for the tab, C1), and the two that XML 1.0 cannot say.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const control = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\ufffe\uffff]/

function text(most: number) {
  return v.pipe(
    v.string("must be text"),
    v.check((value) => value.trim() !== "", "is empty"),
    v.check((value) => isAtMost(value, most), `is longer than ${most} characters`),
    v.check((value) => !control.test(value), "holds a line break or a control character"),
    v.check((value) => value.isWellFormed(), "holds half a character (a lone surrogate)"),
  )
}

/** Characters as people count them, more or less: code points. */
function isAtMost(value: string, most: number): boolean {
  if (value.length <= most) return true
  return value.length <= most * 2 && [...value].length <= most
}

function names(what: string) {
  return v.pipe(v.array(text(100), "must be a list: [ one, two ]"), v.maxLength(20, `has more than 20 ${what}`))
}

const Moment = text(40)
const Path = text(480)

export const ImageSchema = v.strictObject(
  { src: text(400), alt: text(1000), caption: v.optional(text(1000)), credit: v.optional(text(200)) },
  "must be { src: ./picture.jpg, alt: … }",
)

export const CorrectionSchema = v.strictObject({ date: Moment, text: text(2000) }, "must be { date: …, text: … }")

/** Front matter as an editor writes it; dates are text here. Unknown keys are refused. */
export const FrontMatterSchema = v.strictObject({
  title: text(200),
  summary: text(300),
  /** ISO date or date-time, or `unknown`. */
  date: Moment,
  updated: v.optional(Moment),
  expires: v.optional(Moment),
  authors: v.optional(names("authors"), []),
  topics: v.optional(names("topics"), []),
  access: v.optional(v.picklist(["open", "members"], "is neither `open` nor `members`"), "open"),
  image: v.optional(ImageSchema),
  map: v.optional(v.boolean("must be true or false"), false),
  /** A profile of the site's config. */
  rights: v.optional(text(60)),
  translationOf: v.optional(Path),
  corrections: v.optional(
    v.pipe(
      v.array(CorrectionSchema, "must be a list of { date: …, text: … }"),
      v.maxLength(50, "has more than 50 corrections"),
    ),
    [],
  ),
  aliases: v.optional(
    v.pipe(v.array(Path, "must be a list: [ /old/path ]"), v.maxLength(50, "has more than 50 aliases")),
    [],
  ),
  status: v.optional(v.picklist(["draft", "published"], "is neither `draft` nor `published`"), "published"),
})

export type FrontMatter = v.InferOutput<typeof FrontMatterSchema>
