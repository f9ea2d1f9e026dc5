// The front matter's schema: which keys there are, and what each may say. Data only.
import * as v from "valibot"

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const control = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/

function text(most: number) {
  return v.pipe(
    v.string("must be text"),
    v.check((value) => value.trim() !== "", "is empty"),
    v.maxLength(most, `is longer than ${most} characters`),
    v.check((value) => !control.test(value), "holds a control character or a line break"),
  )
}

const Path = v.pipe(text(400), v.regex(/^\/[a-z0-9/._-]*$/, "is not an address: /region/country/slug, lower case"))
const Names = (what: string) =>
  v.pipe(v.array(text(80), "must be a list: [ one, two ]"), v.maxLength(20, `has more than 20 ${what}`))

export const ImageSchema = v.strictObject({
  src: v.pipe(
    text(200),
    v.regex(
      /^\.\/[\w.-]+\.(?:jpe?g|png|webp|gif|avif)$/i,
      "is not a picture beside the file: ./name.jpg (jpg, png, webp, gif, avif)",
    ),
  ),
  alt: text(500),
  caption: v.optional(text(500)),
  credit: v.optional(text(200)),
})

/** Front matter as SPEC §3 lists it; dates are still text here. Unknown keys are refused. */
export const FrontMatterSchema = v.strictObject({
  title: text(200),
  summary: text(300),
  date: text(40),
  updated: v.optional(text(40)),
  expires: v.optional(text(40)),
  authors: v.optional(Names("authors"), []),
  topics: v.optional(Names("topics"), []),
  access: v.optional(v.picklist(["open", "members"], "is neither open nor members"), "open"),
  image: v.optional(ImageSchema),
  map: v.optional(v.boolean("must be true or false"), false),
  rights: v.optional(text(60)),
  translationOf: v.optional(Path),
  corrections: v.optional(
    v.pipe(
      v.array(v.strictObject({ date: text(40), text: text(1000) }), "must be a list of { date, text }"),
      v.maxLength(50, "has more than 50 corrections"),
    ),
    [],
  ),
  aliases: v.optional(
    v.pipe(v.array(Path, "must be a list of addresses"), v.maxLength(50, "has more than 50 aliases")),
    [],
  ),
  status: v.optional(v.picklist(["draft", "published"], "is neither draft nor published"), "published"),
})

export type FrontMatter = v.InferOutput<typeof FrontMatterSchema>

/** Every key that front matter knows. */
export const knownKeys: readonly string[] = Object.keys(FrontMatterSchema.entries)

/** How to mend what is wrong with a key. */
export const mends: Readonly<Record<string, string>> = {
  title: "write `title: …`, at most 200 characters on one line",
  summary: "write `summary: …`, at most 300 characters: it is the standfirst and the teaser",
  date: "write `date: 2026-11-23`, a date-time with its zone, or `unknown`",
  updated: "write an ISO date or date-time",
  expires: "write an ISO date or date-time",
  authors: "write `authors: [Name, Name]`, at most 20",
  topics: "write `topics: [water, health]`, at most 20",
  access: "write `access: open` or `access: members`",
  image: "write `image: { src: ./picture.jpg, alt: what it shows }`",
  "image.alt": "say in `alt` what the picture shows",
  map: "write `map: true` or leave it out",
  rights: "name a profile of the site's config",
  translationOf: "name the original's address: /asia/tajikistan/slug",
  corrections: "write `corrections: [{ date: 2026-11-23, text: what was wrong }]`",
  aliases: "write `aliases: [/old/path]`",
  status: "write `status: draft` or leave it out",
}
