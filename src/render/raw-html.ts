// Which parts of a text the sanitizer must see: those that hold their author's HTML, and all that its open elements enclose.

/** A block of the text as markup. `raw`: some of it is its author's own HTML. */
export interface Part {
  readonly html: string
  readonly raw: boolean
}

/**
 * The parts as one text, sanitized where it must be. What an author's element encloses goes through the sanitizer with it;
 * from where the nesting cannot be followed, everything to the end does.
 * @param sanitize makes safe and balanced HTML of any; `taken` are the ids that stand elsewhere on the page
 */
export function sanitizeParts(parts: readonly Part[], sanitize: (html: string, taken: Set<string>) => string): string {
  const runs = joinRuns(parts)
  const taken = new Set<string>()
  if (runs.some(({ html, raw }) => raw && claimsId.test(html)))
    for (const { html, raw } of runs) if (!raw) for (const found of html.matchAll(id)) taken.add(found[1] ?? "")
  let whole = ""
  for (const { html, raw } of runs) whole += raw ? sanitize(html, taken) : html
  return whole
}

// Our own markup writes its attributes so.
const id = / id="([^"]*)"/g
/** Nobody can claim an id without its name. */
const claimsId = /\bid\b/i

function joinRuns(parts: readonly Part[]): Part[] {
  const runs: Part[] = []
  let run = ""
  /** Elements that are open in `run`; null: nobody knows. */
  let open: string[] | null = []
  for (const { html, raw } of parts) {
    if (!raw && open?.length === 0) {
      runs.push({ html, raw })
      continue
    }
    run += html
    if (raw && open !== null) open = followTags(html, open)
    if (open?.length !== 0) continue
    runs.push({ html: run, raw: true })
    run = ""
  }
  if (run !== "") runs.push({ html: run, raw: true })
  return runs
}

// Elements that contain markup like any other and whose end tag is written.
const plain = new Set(
  (
    "h1 h2 h3 h4 h5 h6 p ul ol li dl dt dd blockquote pre div section aside figure figcaption details summary table " +
    "caption colgroup thead tbody tfoot tr th td a abbr b bdi bdo cite code data del dfn em i ins kbd mark q rp rt ruby s " +
    "samp small span strong sub sup time u var"
  ).split(" "),
)
const empty = new Set(["br", "col", "hr", "img", "wbr"])
const tag = /<(\/?)([a-z][a-z\d]*)(?:\s(?:[^>"']|"[^"]*"|'[^']*')*)?>/iy

/** Changes `open` to the elements that are open behind `html`; null when a tag is none of a well-formed text's. One pass. */
function followTags(html: string, open: string[]): string[] | null {
  for (let at = html.indexOf("<"); at !== -1; at = html.indexOf("<", at)) {
    tag.lastIndex = at
    const found = tag.exec(html)
    if (found === null) return null
    at = tag.lastIndex
    const name = (found[2] ?? "").toLowerCase()
    if (empty.has(name)) continue
    if (!plain.has(name)) return null
    if (found[1] === "") open.push(name)
    else if (open.pop() !== name) return null
  }
  return open
}
