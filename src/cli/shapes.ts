// What every command prints with --json: the schemas that it is checked against, and that docs/schema publishes.
import * as v from "valibot"

const Revision = v.pipe(v.number(), v.integer(), v.minValue(0))
const Moment = v.pipe(v.string(), v.isoTimestamp())
const Path = v.pipe(v.string(), v.startsWith("/"))

/** A mistake in the content (article/problem.ts). */
export const ProblemShape = v.strictObject({
  file: v.string(),
  line: v.number(),
  column: v.number(),
  field: v.string(),
  message: v.string(),
  fix: v.string(),
})

export const CheckShape = v.strictObject({ problems: v.array(ProblemShape) })

export const ListShape = v.array(
  v.strictObject({
    path: Path,
    url: v.pipe(v.string(), v.url()),
    title: v.string(),
    access: v.picklist(["open", "members"]),
    status: v.picklist(["live", "scheduled", "expired", "gone", "damaged"]),
    date: v.nullable(Moment),
    updated: v.nullable(Moment),
    language: v.string(),
    revision: Revision,
  }),
)

export const PublishShape = v.strictObject({
  published: v.array(
    v.strictObject({
      path: Path,
      url: v.pipe(v.string(), v.url()),
      revision: Revision,
      /** Milliseconds from the desk's receipt until a reader was given it; null: not for readers yet, or not asked. */
      liveMs: v.nullable(v.number()),
    }),
  ),
  unchanged: v.array(Path),
  conflicts: v.array(
    v.strictObject({
      path: Path,
      revision: Revision,
      /** null: the site does not know. */
      who: v.nullable(v.string()),
      when: v.nullable(Moment),
      /** Only of what is no longer at its address: where it is now; null: it is gone. */
      movedTo: v.optional(v.nullable(Path)),
    }),
  ),
  problems: v.array(ProblemShape),
})
export type PublishOutcome = v.InferOutput<typeof PublishShape>
export type Published = PublishOutcome["published"][number]

export const StatusShape = v.strictObject({
  site: v.pipe(v.string(), v.url()),
  articles: v.array(
    v.strictObject({
      path: Path,
      state: v.picklist(["new", "changed", "conflict", "same", "draft", "unpublished", "not in the folder"]),
    }),
  ),
  problems: v.array(ProblemShape),
})

export const LogShape = v.array(
  v.strictObject({
    revision: Revision,
    action: v.picklist(["publish", "unpublish", "move", "rollback"]),
    digest: v.string(),
    who: v.string(),
    when: Moment,
    message: v.string(),
  }),
)

export const DiffShape = v.strictObject({
  path: Path,
  revision: Revision,
  lines: v.array(v.looseObject({ mark: v.picklist(["+", "-", " "]), text: v.string() })),
})

export const UnpublishShape = v.strictObject({ path: Path, revision: Revision })
export const MoveShape = v.strictObject({ from: Path, to: Path, revision: Revision })
export const RollbackShape = v.strictObject({
  path: Path,
  revision: Revision,
  /** What became of the file in the folder. */
  file: v.picklist(["restored", "pictures", "kept"]),
})
export const NewShape = v.strictObject({ file: v.string(), path: Path })

const Role = v.picklist(["editor", "admin"])
export const EditorsShape = v.union([
  v.array(v.strictObject({ name: v.string(), role: Role })),
  v.strictObject({ name: v.string(), role: Role, key: v.string() }),
  v.strictObject({ name: v.string() }),
])

const Member = v.strictObject({
  id: v.string(),
  email: v.string(),
  language: v.string(),
  standing: v.picklist(["member", "ended", "revoked"]),
  source: v.nullable(v.picklist(["granted", "paid"])),
  /** null for a member: without end. */
  until: v.nullable(v.string()),
  created: v.string(),
  stripeCustomer: v.nullable(v.string()),
  stripeSubscription: v.nullable(v.string()),
})
export type MemberLine = v.InferOutput<typeof Member>
export const MembersShape = v.union([
  v.array(Member),
  Member,
  v.strictObject({ file: v.string(), members: v.pipe(v.number(), v.integer()) }),
])
