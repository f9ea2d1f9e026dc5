// Is a file as it was when it was last read? Told by what the file system keeps of it, as git's index tells it.
import { lstatSync, type Stats } from "node:fs"
import { join } from "node:path"

/** Size in bytes, time of the last writing and of the last change of any kind in milliseconds, number in its file system. */
export type Stamp = readonly [size: number, written: number, changed: number, number: number]

/** What a file was when it was read: whoever finds all of it again need not read it again. */
export interface Seen {
  readonly stamp: Stamp
  /** The pictures that its digest counts in, by their path in the folder. */
  readonly pictures?: Readonly<Record<string, Stamp>>
  /** Its front matter may speak of other articles. */
  readonly mentions?: true
}

/** The coarsest clock of a file system, FAT's, milliseconds: two changes that are nearer to each other may bear one time. */
const coarsest = 2000

/** The stamp of a regular file; null where there is none. Symbolic links are not followed. */
export function readStamp(path: string): Stamp | null {
  return stampOf(lstatSync(path, { throwIfNoEntry: false }))
}

/** The stamp that `stat` tells of; null of what is no regular file. */
export function stampOf(stats: Stats | undefined): Stamp | null {
  // The time of the last change cannot be set back: it tells of a text of the same size and time of writing.
  return stats?.isFile() ? [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino] : null
}

/**
 * What to remember of a file that is read after its stamps were taken; null where they may not tell: changed so lately, or
 * in what is still to come, that a later change may bear the same times (git calls such a file racily clean).
 * @param now a moment before the stamps were taken, milliseconds since the epoch
 */
export function rememberFile(
  now: number,
  stamp: Stamp | null,
  mentions: boolean,
  pictures: Readonly<Record<string, Stamp | null>> = {},
): Seen | null {
  if (stamp === null || ![stamp, ...Object.values(pictures)].every((one) => isSettled(one, now))) return null
  return {
    stamp,
    ...(Object.keys(pictures).length === 0 ? {} : { pictures: pictures as Record<string, Stamp> }),
    ...(mentions ? { mentions } : {}),
  }
}

function isSettled(stamp: Stamp | null, now: number): boolean {
  return stamp !== null && Math.max(stamp[1], stamp[2]) < now - coarsest
}

function isSame(stamp: Stamp, other: Stamp | null): boolean {
  return other?.every((value, index) => value === stamp[index]) ?? false
}

/** Are the file and its pictures as they were seen? */
export function isAsSeen(root: string, file: string, { stamp, pictures }: Seen): boolean {
  if (!isSame(stamp, readStamp(`${root}/${file}`))) return false
  if (pictures === undefined) return true
  return Object.entries(pictures).every(([path, kept]) => isSame(kept, readStamp(join(root, path))))
}
