// The isolate's memory: finished responses in a byte-bounded LRU cache. Purely an optimisation: it may vanish at any
// time.
import type { AudienceKey } from "../membership/access.ts"
import { withinDeadline } from "../store/failure.ts"
import type { Purge } from "../store/purges.ts"
import type { Changes } from "../store/rows.ts"

/** Header fields by name. A plain object, because reading or copying a `Headers` means a call out of JavaScript. */
export type Fields = Readonly<Record<string, string>>

/** A response as held in memory: the body's bytes, and the header fields that do not change from second to second. */
export interface Answer {
  readonly status: number
  readonly body: Uint8Array
  readonly fields: Fields
  readonly lastModified: number
  readonly gated: boolean
  /** Whether the response is the same for everyone. */
  readonly forAll: boolean
  /** Whether the response came from the edge cache. */
  readonly fromEdge: boolean
  readonly tags: readonly string[]
  /** When the response will change without a publish. */
  readonly changes: Changes
  /** When the response was rendered and when it arrived here. Age counts from the former if stale, else the latter. */
  readonly bornAt: number
  readonly arrivedAt: number
  /** Whether this is a 404 or a search: anyone can request any number of them, so they share a small part of memory. */
  readonly scarce: boolean
  /** When memory stops serving the response without revalidating, in milliseconds since the epoch. */
  freshUntil: number
  /** `freshUntil` as Cache-Status reports it, ignoring embargoes so as not to reveal them. */
  readonly shownUntil: number
  /** When memory stops serving the response even while the stores fail, in milliseconds since the epoch. */
  readonly staleUntil: number
  /** When the response was last requested, to the second. */
  usedAt: number
  /** The headers for a hit, valid only within the second in which they were built. */
  hit: { readonly until: number; readonly whole: ResponseInit; readonly notModified: ResponseInit } | null
}

export interface Memory {
  readonly answers: Map<string, Answer>
  /** Answers in progress, by key. After `until` (milliseconds since the epoch), an answer counts as lost. */
  readonly fills: Map<string, { readonly answer: Promise<Answer>; readonly until: number }>
  bytes: number
  /** Keys of scarce answers, oldest first, and their total bytes. */
  readonly scarce: Set<string>
  scarceBytes: number
  /** Counts purges: nothing read before a purge is kept after it. */
  generation: number
}

/** Isolates have 128 MB (platform limit); answers may use a quarter of it. */
const mostBytes = 32 * 1024 * 1024
const mostScarceBytes = 2 * 1024 * 1024
const mostBytesAnAnswer = 2 * 1024 * 1024
/** Rough cost of an entry besides its body, in bytes. */
const overhead = 2048

export function createMemory(): Memory {
  return { answers: new Map(), fills: new Map(), bytes: 0, scarce: new Set(), scarceBytes: 0, generation: 0 }
}

/** The memory key of a page for an audience. */
export function keyOf(target: string, audience: AudienceKey): string {
  return audience === "public" ? target : `${audience} ${target}`
}

/** The answer kept under `key`, or undefined. Marks it as the most recently used, at most once a second. */
export function recallAnswer(memory: Memory, key: string, now: number): Answer | undefined {
  const answer = memory.answers.get(key)
  if (answer === undefined) return undefined
  if (now - answer.usedAt >= 1000) {
    answer.usedAt = now
    memory.answers.delete(key)
    memory.answers.set(key, answer)
  }
  return answer
}

/** Keeps an answer, evicting the least recently used to make room. */
export function keepAnswer(memory: Memory, key: string, answer: Answer): void {
  const size = sizeOf(answer)
  if (size > mostBytesAnAnswer) return
  forgetKey(memory, key)
  memory.answers.set(key, answer)
  memory.bytes += size
  if (answer.scarce) {
    memory.scarce.add(key)
    memory.scarceBytes += size
    for (const oldest of memory.scarce) {
      if (memory.scarceBytes <= mostScarceBytes) break
      forgetKey(memory, oldest)
    }
  }
  for (const oldest of memory.answers.keys()) {
    if (memory.bytes <= mostBytes) break
    forgetKey(memory, oldest)
  }
}

/** Forgets the answers with any of these tags, or everything. */
export function forgetTags(memory: Memory, tags: readonly string[] | "everything"): void {
  memory.generation++
  const wanted = tags === "everything" ? null : new Set(tags)
  for (const [key, answer] of memory.answers)
    if (wanted === null || answer.tags.some((tag) => wanted.has(tag))) forgetKey(memory, key)
}

/** Purges this isolate's memory, then the edge's cache. */
export function purgeWith(memory: Memory, purgeEdge: Purge): Purge {
  return async (tags) => {
    forgetTags(memory, tags)
    const accepted = await purgeEdge(tags).catch((error) => console.error("purge refused", error))
    if (accepted === false) console.error("purge refused")
    return accepted === true
  }
}

function forgetKey(memory: Memory, key: string): void {
  const answer = memory.answers.get(key)
  if (answer === undefined) return
  memory.answers.delete(key)
  memory.bytes -= sizeOf(answer)
  if (memory.scarce.delete(key)) memory.scarceBytes -= sizeOf(answer)
}

function sizeOf(answer: Answer): number {
  return answer.body.length + overhead
}

/**
 * Runs `fill` once for all requests waiting for `key` in this isolate.
 * @throws StoreFailure if there is no answer within `ms` milliseconds
 */
export async function fillOnce(
  memory: Memory,
  key: string,
  fill: () => Promise<Answer>,
  ctx: { waitUntil(work: Promise<unknown>): void },
  ms: number,
): Promise<Answer> {
  const { fills } = memory
  const now = Date.now()
  const others = fills.get(key)
  // The platform may silently end the request that others wait on, so nobody waits beyond the fill's deadline.
  if (others !== undefined && now < others.until) return withinDeadline(others.answer, others.until - now, key)
  const own = { answer: fill(), until: now + ms }
  fills.set(key, own)
  const ended = own.answer.finally(() => {
    if (fills.get(key) === own) fills.delete(key)
  })
  ctx.waitUntil(ended.catch(() => undefined))
  return withinDeadline(own.answer, ms, key)
}
