// Comments that are the members-only line, or that an editor may have meant as it.
import { editDistance } from "./nearest.ts"

export interface Candidate {
  readonly index: number
  /** As it stands in the text. */
  readonly text: string
  /** Spelled as the line is; where it stands is another matter. */
  readonly exact: boolean
}

const exact = /^<!--[ \t]*members-only[ \t]*-->$/
// `<!--` and what fingers and word processors make of it: `<!-`, `<--`, `<! --`, an en dash for two hyphens.
const opener = /<[ \t]?[!\-–—−‐‑][ \t!\-–—−‐‑]*/g
const closer = /[-–—−‐‑]{0,4}[ \t]?!?>|[<\n]/
const longest = 80

/** Every comment in the text that says `members-only` or something near. */
export function findCandidates(text: string): Candidate[] {
  const found: Candidate[] = []
  for (const { 0: start, index } of text.matchAll(opener)) {
    const inside = index + start.length
    const rest = text.slice(inside, inside + longest)
    // A comment may begin on one line and go on below.
    const blank = /^\s*/.exec(rest)?.[0].length ?? 0
    const end = closer.exec(rest.slice(blank))
    if (end === null && rest.length === longest) continue
    const length = blank + (end?.index ?? rest.length - blank)
    if (!resembles(rest.slice(0, length))) continue
    const closed = end?.[0].endsWith(">") ? end[0].length : 0
    const written = text.slice(index, inside + length + closed)
    found.push({ index, text: written, exact: exact.test(written) })
  }
  return found
}

const meant = "membersonly"
const both = /members?.{0,10}only|only.{0,10}members?/
const alone =
  /^(?:begin|start|end|for|only)?(?:the)?(?:members?|membres?|subscribers?|abonnes?|paywall)(?:only|seulement|content|part|section|text|line|area|below|from|here|begins?|starts?|ends?)*$/

function resembles(comment: string): boolean {
  const letters = comment
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z]/g, "")
  if (letters.length < 5 || letters.length > 30) return false
  if (letters.length <= 24 && both.test(letters)) return true
  return alone.test(letters) || editDistance(letters, meant, 3) <= 3
}
