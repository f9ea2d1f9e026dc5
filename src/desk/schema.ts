// The desk's request bodies, as valibot schemas that the API, its types and docs/schema share.
import * as v from "valibot"
import { isEditionDate, lists } from "../article/edition.ts"
import { fileTypes, longestSide } from "../article/media-types.ts"

const Path = v.pipe(v.string(), v.maxLength(400), v.startsWith("/"))
export const Hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "must be a SHA-256 in lower-case hex"))

/** An article's revision; 0 for none. */
const Revision = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** The revision that the editor has seen. If the article has another, the change is a conflict unless forced. */
const seen = { base: Revision, force: v.optional(v.boolean(), false) }

const Extension: v.GenericSchema<string> = v.picklist(Object.keys(fileTypes))
const tooLong = (most: number) => `must have at most ${most} characters`
/** Text that a person writes: not empty, and with a maximum length. */
const text = (most: number) => v.pipe(v.string(), v.nonEmpty("must not be empty"), v.maxLength(most, tooLong(most)))
/** A list with a maximum length. */
const atMost = <Schema extends v.GenericSchema>(most: number, what: string, schema: Schema) =>
  v.pipe(v.array(schema), v.maxLength(most, `at most ${most} ${what} per request`))
/** A whole number in a query parameter. */
const digits = (most: number) =>
  v.pipe(v.string(), v.regex(/^\d{1,15}$/, "must be an integer"), v.transform(Number), v.minValue(1), v.maxValue(most))
/** `after`: the last path that the client has received; empty in the first request. */
export const articlesQuery = {
  after: v.optional(v.union([v.literal(""), Path], "must be a path")),
  limit: v.optional(digits(2000)),
}
export const membersQuery = { after: v.optional(v.pipe(v.string(), v.regex(/^[\w-]{0,36}$/, "must be a member's id"))) }
export const revisionsQuery = { path: Path }
export const sourceQuery = { path: Path, revision: v.optional(digits(Number.MAX_SAFE_INTEGER)) }

const pictureEntries = {
  sha256: Hash,
  extension: Extension,
  width: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(longestSide)),
  height: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(longestSide)),
}
const PictureSchema = v.strictObject(pictureEntries)
export const MediaUploadSchema = v.strictObject({ ...pictureEntries, original: v.optional(PictureSchema) })

/** A file as sent, with references to its pictures, which are uploaded first. */
const submitted = {
  source: v.string(),
  media: v.optional(v.record(v.string(), MediaUploadSchema), {}),
  digest: Hash,
}

export const PublishSchema = v.strictObject({
  message: v.optional(v.pipe(v.string(), v.maxLength(500, tooLong(500))), ""),
  force: v.optional(v.boolean(), false),
  /**
   * Whether to flush the purge outbox now. A client that sends several requests flushes it once, at the end of its run.
   */
  last: v.optional(v.boolean(), true),
  articles: atMost(50, "articles", v.strictObject({ path: Path, base: Revision, ...submitted })),
})

/** `days`: the number of days for which the link works. */
export const PreviewSchema = v.strictObject({
  path: Path,
  ...submitted,
  days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)), 7),
})

/** Revokes all preview links to the article. */
export const RevokePreviewSchema = v.strictObject({ path: Path })

/** A card's maximum size in bytes, so that twenty fit in a request of the maximum size. */
export const largestCard = 140_000

export const CardsSchema = v.strictObject({
  /** Whether to flush the purge outbox now, as in `PublishSchema`. */
  last: v.optional(v.boolean(), true),
  cards: atMost(
    20,
    "cards",
    v.strictObject({
      path: Path,
      revision: v.pipe(v.number(), v.integer(), v.minValue(1)),
      drawn: Hash,
      sha256: Hash,
      /** The JPEG's bytes. */
      base64: v.pipe(v.string(), v.base64(), v.maxLength(Math.ceil(largestCard / 3) * 4)),
    }),
  ),
})

/** `old`: a published picture that contains metadata. `picture`: its replacement, already uploaded. */
export const ReplacePictureSchema = v.strictObject({ old: Hash, picture: PictureSchema })

/** `after`: the hash after which to continue. */
export const SweepMediaSchema = v.strictObject({ after: v.pipe(v.string(), v.maxLength(64)) })

const Version = v.pipe(v.number(), v.safeInteger(), v.minValue(1))

/** `version`: also list the pictures that have no variants of this version. */
export const MissingMediaSchema = v.strictObject({
  hashes: v.pipe(v.array(Hash), v.maxLength(1000)),
  version: v.optional(Version),
})

/** Lists pictures on the site that have no variants of this version. */
export const UnsizedSchema = v.strictObject({ version: Version })

const File = v.strictObject({ sha256: Hash, extension: Extension, width: pictureEntries.width })
/** The variants of pictures, whose files are already uploaded. */
export const VariantsSchema = v.strictObject({
  version: Version,
  pictures: atMost(50, "pictures", v.strictObject({ sha256: Hash, files: v.pipe(v.array(File), v.maxLength(20)) })),
})

/** How many missing articles a request may ask about. */
export const mostMoved = 1000

export const MovedSchema = v.strictObject({ paths: atMost(mostMoved, "addresses", Path) })

const reason = text(500)
export const UnpublishSchema = v.strictObject({ path: Path, reason, ...seen })

/** Erases the texts and pictures of all revisions but the live one, or of all if none is live. */
export const EraseSchema = v.strictObject({ path: Path, reason })

/** Continues an erasure: deletes more of the stored bytes. */
export const EraseContinueSchema = v.strictObject({ path: Path })

export const MoveSchema = v.strictObject({ from: Path, to: Path, ...seen })

/** If `revision` is omitted, rolls back to the revision before the live one. */
export const RollbackSchema = v.strictObject({ path: Path, revision: v.optional(Revision), ...seen })

export const EditorSchema = v.strictObject({
  name: v.pipe(
    v.string(),
    v.regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u, "use only letters, digits, spaces and . _ -"),
  ),
  role: v.picklist(["editor", "admin"]),
})

const Email = text(1_000)

export const MemberGrantSchema = v.strictObject({
  email: Email,
  /**
   * A date, which includes that whole day; a date-time; or a number of months from today. Without it, the membership
   * never ends.
   */
  until: v.optional(
    v.union([v.pipe(v.string(), v.maxLength(40)), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999))]),
  ),
  language: v.optional(v.pipe(v.string(), v.maxLength(20))),
})

export const MemberRevokeSchema = v.strictObject({ email: Email })

const edition = {
  list: v.picklist(lists),
  date: v.optional(v.pipe(v.string(), v.check(isEditionDate, "must be a date such as 2026-11-23"))),
  language: v.optional(v.pipe(v.string(), v.maxLength(20))),
}

/** Without `date`, today's edition or else the next; without `language`, in all of the site's languages. */
export const EditionSendSchema = v.strictObject(edition)

/** Without `date`, the next edition; without `language`, in the site's first language. */
export const EditionPreviewSchema = v.strictObject(edition)

/** `email`: where to send the test. */
export const EditionTestSchema = v.strictObject({ ...edition, email: Email })
