// The schemas of front matter as editors write it, for each kind of content (kinds.ts).
import * as v from "valibot"

// Control characters (C0 except tab, and C1), and the two characters that XML 1.0 cannot represent.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are refused
const control = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\ufffe\uffff]/

function text(most: number) {
  return v.pipe(
    v.string("must be text"),
    v.check((value) => value.trim() !== "", "is empty"),
    // Counts code points, roughly what people call characters.
    v.check((value) => value.length <= most * 2 && [...value].length <= most, `is longer than ${most} characters`),
    v.check((value) => !control.test(value), "contains a line break or a control character"),
    v.check((value) => value.isWellFormed(), "contains an invalid character (a lone surrogate)"),
  )
}

function list<Item extends v.GenericSchema>(item: Item, most: number, what: string, message: string) {
  return v.optional(v.pipe(v.array(item, message), v.maxLength(most, `has more than ${most} ${what}`)), [])
}

const Moment = text(40)
const Address = text(480)

export const ImageSchema = v.strictObject(
  { src: text(400), alt: text(1000), caption: v.optional(text(1000)), credit: v.optional(text(200)) },
  "must be { src: ./picture.jpg, alt: … }",
)

export const CorrectionSchema = v.strictObject({ date: Moment, text: text(2000) }, "must be { date: …, text: … }")

/** Front matter as editors write it, with dates as text. Unknown keys are refused. */
export const FrontMatterSchema = v.strictObject({
  title: text(200),
  summary: text(300),
  /** ISO date or date-time, or `unknown`. */
  date: Moment,
  updated: v.optional(Moment),
  expires: v.optional(Moment),
  authors: list(text(100), 20, "authors", "must be a list: [ one, two ]"),
  topics: list(text(100), 20, "topics", "must be a list: [ one, two ]"),
  /** Leads the front page and its region until a newer lead appears, for at most three days. */
  lead: v.optional(v.boolean("must be true or false"), false),
  access: v.optional(v.picklist(["open", "members"], "is neither `open` nor `members`"), "open"),
  image: v.optional(ImageSchema),
  map: v.optional(v.boolean("must be true or false"), false),
  /** The name of a rights profile in the site's config. */
  rights: v.optional(text(60)),
  translationOf: v.optional(Address),
  corrections: list(CorrectionSchema, 50, "corrections", "must be a list of { date: …, text: … }"),
  aliases: list(Address, 50, "aliases", "must be a list: [ /old/path ]"),
  status: v.optional(v.picklist(["draft", "published"], "is neither `draft` nor `published`"), "published"),
})

const { title, summary, updated, image, aliases, status } = FrontMatterSchema.entries

/** Front matter of an editor's note for a newsletter edition. */
export const NoteSchema = v.strictObject({
  title: v.optional(title),
  /** Addresses of the edition's articles, in order. If omitted, the edition lists what was published. */
  stories: v.optional(
    v.pipe(v.array(Address, "must be a list: [ /region/slug ]"), v.maxLength(50, "has more than 50 stories")),
  ),
  status,
})

/** Front matter of a static page, and of an author's biography, whose title is the author's name. */
export const PageSchema = v.strictObject({ title, summary: v.optional(summary), updated, image, aliases, status })

/** Front matter of any kind of content. Fields that a kind does not have are empty. */
export interface FrontMatter extends v.InferOutput<typeof FrontMatterSchema> {
  readonly stories?: string[] | undefined
}
