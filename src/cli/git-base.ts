// Finds the base of an edit from the file's Git history, for folders without a record, such as a CI job's fresh clone.
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { dirname, join, posix } from "node:path"
import config from "../../dateline.config.ts"
import type { PictureFile } from "../article/media-types.ts"
import { parseArticle } from "../article/parse.ts"
import { decodePercent } from "../article/references.ts"
import type { Revision } from "./desk-client.ts"
import { type FolderArticle, matchDigest, measurePicture, originalsOf } from "./read-articles.ts"

type Revisions = readonly Pick<Revision, "revision" | "digest" | "action" | "message">[]

/**
 * The live revision if it is the newest state in the file's Git history that the site ever had, otherwise undefined.
 * `behind`: the file has not changed since the site had its text, and Git never had the live text.
 * @param revisions the site's revisions of the article, newest first
 */
export async function findGitBase(
  root: string,
  { file, source, pictures }: Pick<FolderArticle, "file" | "source" | "pictures">,
  revisions: Revisions,
) {
  const moved = revisions.filter(({ action }) => action === "move").map(({ message }) => message.split(" → ")[0])
  const names = [file, ...moved.map((path) => `${path?.slice(1)}.md`)]
  const paths = new Set(names)
  let base: number | undefined
  const states = new Set<State>()
  const shallow = isShallow(root)
  // A commit that changes only a picture is a new state too. Each pass may find more pictures in the texts.
  for (let known = 0; known !== paths.size; ) {
    known = paths.size
    // By default, Git leaves out the branch whose text a merge dropped, although the site may have had that text.
    const lines = git(root, "rev-list", "--parents", "--simplify-merges", "--topo-order", "HEAD", "--", ...paths)
    const history = String(lines ?? "")
      .split("\n")
      .filter((line) => line !== "")
    const readState = async (commit: string) => {
      const state = await digestAt(root, commit, names, paths, revisions)
      states.add(state)
      return state
    }
    base = await findBase(history, revisions, readState, shallow)
  }
  if (base !== undefined) return base
  // A file that equals an older state, and not the newest in its history, has been reverted, which is an edit.
  const newest = Math.max(...[...states].flatMap((state) => numbersOf(revisions, state)))
  const digest = matchDigest(source, originalsOf(pictures), revisions)
  const isUnchanged = numbersOf(revisions, digest).includes(newest)
  const isWhole = !shallow && !states.has(unreadable)
  return isUnchanged && newest < firstOf(revisions) && isWhole ? "behind" : undefined
}

/** An article's state in a commit that Git cannot read, as in a partial clone without a network. */
export const unreadable = Symbol("unreadable")
/** The article's digest in a commit; undefined if the commit does not have it. */
type State = string | undefined | typeof unreadable

/** The numbers of the revisions that had this text. */
function numbersOf(revisions: Revisions, state: State): number[] {
  return revisions.flatMap((one) => (one.digest === state ? [one.revision] : []))
}

/** The first revision that had the live text. */
const firstOf = (revisions: Revisions) => Math.min(...numbersOf(revisions, revisions[0]?.digest))

/** Whether the clone lacks older commits, as those of CI jobs often do. */
const isShallow = (root: string) => String(git(root, "rev-parse", "--is-shallow-repository")).trim() === "true"

/** If the Git history is incomplete or cannot be read, which may cause conflicts, the reason; otherwise null. */
export function explainHistory(root: string): string | null {
  if (isShallow(root))
    return "This clone lacks older commits, which may cause conflicts. Fetch them with `git fetch --unshallow`"
  const isPartial = git(root, "config", "--get-regexp", "^remote\\..*\\.promisor$") !== null
  const missing = isPartial && git(root, "rev-list", "--objects", "--missing=print", "HEAD", "--", ".")?.includes("\n?")
  if (missing)
    return "This clone lacks older versions, which may cause conflicts. Fetch them with `git fetch --refetch --no-filter`"
  const { error, stderr } = runGit(root, "rev-parse", "--git-dir")
  const failure = /^fatal: (.+)/.exec(String(stderr))?.[1]
  const reason = error === undefined ? failure : isInRepository(root) && "is Git installed?"
  if (!reason || reason.startsWith("not a git repository")) return null
  return `Git cannot read the history of this folder, which may cause conflicts: ${reason}`
}

const isInRepository = (folder: string): boolean =>
  existsSync(join(folder, ".git")) || (folder !== dirname(folder) && isInRepository(dirname(folder)))

/**
 * @param history a line for each commit, children first: the commit and its parents
 * @param digestAt returns the article's state in a commit
 * @param shallow whether commits without parents may have some that the clone lacks
 */
export async function findBase(
  history: readonly string[],
  revisions: Revisions,
  digestAt: (commit: string) => Promise<State>,
  shallow = false,
): Promise<number | undefined> {
  const [live] = revisions
  const firstLive = firstOf(revisions)
  // What cannot be read may be a text that the site had after the live one and that a rollback has taken back.
  const wasReplaced = revisions.some(({ revision, digest }) => revision > firstLive && digest !== live?.digest)
  const older = new Set<string>()
  let base: number | undefined
  for (const line of history) {
    const [commit = "", ...parents] = line.split(" ")
    if (!older.has(commit)) {
      const state = await digestAt(commit)
      // The site never had this state, or only before the live text: it is an edit or a revert of the live text.
      if (Math.max(...numbersOf(revisions, state)) < firstLive) {
        if (wasReplaced && (state === unreadable || (shallow && parents.length === 0))) return undefined
        continue
      }
      // On parallel branches, the newest state of each must be the live one.
      if (state !== live?.digest) return undefined
      base = live?.revision
    }
    for (const parent of parents) older.add(parent)
  }
  return base
}

/** Variables that make Git use another repository, as its hooks do, or read paths in another way. */
const foreign = /^GIT_(?:DIR|WORK_TREE|COMMON_DIR|OBJECT_DIRECTORY|INDEX_FILE|(?:GLOB|NOGLOB|ICASE)_PATHSPECS)$/

/** Runs Git in the folder's own repository, with English messages. */
function runGit(root: string, ...args: string[]) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
  const options = { maxBuffer: 2 ** 28, env: { ...env, LC_ALL: "C" } }
  return spawnSync("git", ["-C", root, "--literal-pathspecs", ...args], options)
}

/** Git's output, or null if it failed, there is no repository, or Git is not installed. */
function git(root: string, ...args: string[]): Buffer<ArrayBuffer> | null {
  const { status, stdout } = runGit(root, ...args)
  return status === 0 ? stdout : null
}

/** The article's state in a commit, under the first of its names found there. Adds its pictures to `paths`. */
async function digestAt(
  root: string,
  commit: string,
  names: readonly string[],
  paths: Set<string>,
  revisions: Revisions,
): Promise<State> {
  const read = (file: string) => git(root, "cat-file", "--filters", `${commit}:./${file}`)
  const isListed = (file: string) => git(root, "ls-tree", commit, "--", file)?.length !== 0
  for (const name of names) {
    const bytes = read(name)
    if (bytes === null && isListed(name)) return unreadable
    if (bytes === null) continue
    const { article } = parseArticle(names[0] ?? "", bytes, config)
    if (article === null) return undefined
    const originals: Record<string, PictureFile> = {}
    for (const src of article.pictures) {
      let picture: Buffer | null = null
      const spellings = [src, decodePercent(src)].flatMap((one) => [one, one.normalize("NFC"), one.normalize("NFD")])
      for (const one of new Set(spellings)) {
        const file = posix.join(posix.dirname(name), one)
        paths.add(file)
        if (file.startsWith("../")) continue
        picture ??= read(file)
        if (picture === null && isListed(file)) return unreadable
      }
      const original = picture && (await measurePicture(picture, src).catch(() => null))
      if (original !== null) originals[src] = original
      else if (picture !== null) return unreadable
    }
    return matchDigest(bytes.toString(), originals, revisions)
  }
  return undefined
}
