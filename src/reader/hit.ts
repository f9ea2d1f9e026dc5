// The shortest way: a fresh answer out of memory, without a promise, an object of the gateway or a look at any store.
import { sessionToken } from "../membership/cookie.ts"
import { isKnownMember, type Standings } from "../membership/standings.ts"
import { respondAnswer } from "./answer.ts"
import { type Memory, recallAnswer } from "./memory.ts"

/**
 * The answer that memory holds for this request as it was sent, or null: then the gateway answers it. Memory's keys are
 * canonical targets, so another spelling finds nothing here. Members' answers are given to sessions that this isolate has
 * verified and whose standing is settled.
 */
export function answerHit(request: Request, memory: Memory, standings: Standings, origin: string): Response | null {
  if (request.method !== "GET") return null
  const { url } = request
  const start = url.indexOf("/", schemeLength)
  if (start === -1) return null
  const target = url.slice(start)
  const now = Date.now()
  const open = recallAnswer(memory, target, now)
  if (open !== undefined && !open.gated) return now < open.freshUntil ? respondAnswer(request, open, now, "hit") : null
  const token = sessionToken(request.headers.get("Cookie"), origin)
  const member = token !== null && isKnownMember(standings, token, Math.floor(now / 1000))
  const known = member ? recallAnswer(memory, `members ${target}`, now) : token === null ? open : undefined
  return known !== undefined && now < known.freshUntil ? respondAnswer(request, known, now, "hit") : null
}

/** Of `https://`, and one more than of `http://`: the host that follows is never empty. */
const schemeLength = 8
