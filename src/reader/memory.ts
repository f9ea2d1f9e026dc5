// The isolate's memory: finished responses in a byte-bounded LRU. Speed only, never truth: it may vanish at any moment.
import type { AudienceKey } from "../membership/access.ts"
import { withinDeadline } from "../store/failure.ts"

/** Header fields by name. A plain object: each look into a `Headers` and each copy of one is a call out of JavaScript. */
export type Fields = Readonly<Record<string, string>>

/** A response as memory has it: the body's bytes, and the header fields that do not change from one second to the next. */
export interface Answer {
  readonly status: number
  readonly body: Uint8Array
  readonly fields: Fields
  readonly etag: string
  readonly lastModified: number
  readonly gated: boolean
  /** What anyone may read, whoever asked for it. */
  readonly forAll: boolean
  readonly tags: readonly string[]
  /** Milliseconds since the epoch: when the answer was made, and when it came here, from which its Cache-Control and Age count. */
  readonly bornAt: number
  readonly keptAt: number
  /** Anyone can ask for any number of these (unknown addresses, searches): they share a small part of memory. */
  readonly scarce: boolean
  /** Until then memory serves it without asking. */
  freshUntil: number
  /** What Cache-Status says of `freshUntil`: an embargo that ends sooner does not show in it. */
  readonly shownUntil: number
  /** Memory serves it until then while the stores fail. */
  readonly staleUntil: number
  /** When it was last asked for, to a second. */
  usedAt: number
  /** The headers of a hit, for the second that they were made for. */
  hit: { readonly until: number; readonly whole: ResponseInit; readonly notModified: ResponseInit } | null
}

export interface Memory {
  readonly answers: Map<string, Answer>
  /** Answers under way, by key. From `until` (milliseconds) on, one counts as lost. */
  readonly fills: Map<string, { readonly answer: Promise<Answer>; readonly until: number }>
  bytes: number
  /** Keys of scarce answers, the oldest first, and their bytes. */
  readonly scarce: Set<string>
  scarceBytes: number
  /** Counts purges: what was read before one is not kept after it. */
  generation: number
}

/** Isolates have 128 MB (platform limit); answers may take a quarter. */
const mostBytes = 32 * 1024 * 1024
const mostScarceBytes = 2 * 1024 * 1024
const mostBytesAnAnswer = 2 * 1024 * 1024
/** What an entry costs beside its body, a rough figure. */
const overhead = 2048

export function createMemory(): Memory {
  return { answers: new Map(), fills: new Map(), bytes: 0, scarce: new Set(), scarceBytes: 0, generation: 0 }
}

/** The key of a page for an audience. */
export function keyOf(target: string, audience: AudienceKey): string {
  return audience === "public" ? target : `${audience} ${target}`
}

/** The answer kept under `key`, now the most recently used (to a second), or undefined. */
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

/** Keeps an answer; the least recently used ones make room. */
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

/** Forgets what carries one of these tags, or everything. */
export function forgetTags(memory: Memory, tags: readonly string[] | "everything"): void {
  memory.generation++
  const wanted = tags === "everything" ? null : new Set(tags)
  for (const [key, answer] of memory.answers)
    if (wanted === null || answer.tags.some((tag) => wanted.has(tag))) forgetKey(memory, key)
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
 * Runs `fill` once for all who wait for `key` in this isolate.
 * @throws StoreFailure when there is no answer within `ms` milliseconds
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
  // The platform may end the request that others wait on without a word: nobody waits for it beyond its deadline.
  if (others !== undefined && now < others.until) return withinDeadline(others.answer, others.until - now, key)
  const own = { answer: fill(), until: now + ms }
  fills.set(key, own)
  const ended = own.answer.finally(() => {
    if (fills.get(key) === own) fills.delete(key)
  })
  ctx.waitUntil(ended.catch(() => undefined))
  return withinDeadline(own.answer, ms, key)
}
