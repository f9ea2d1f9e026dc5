// Tags of an author's raw HTML, as far as a look at their addresses needs them: not a parser, the sanitizer has one.

// `<!-->` and `<!--->` are whole comments (HTML, CommonMark 0.31): what follows them is there.
const comments = /<!--(?:-?>|[\s\S]*?(?:-->|$))/g
// A quote encloses a value behind `=` only. Nothing behind the parts can fail, so none is tried twice: linear.
const behindName = /((?:[^"'=>]|=\s*(?:"[^"]*"|'[^']*')|["'=])*)>?/.source
const tags = {
  a: new RegExp(`<a(?=[\\s/])${behindName}`, "gi"),
  img: new RegExp(`<img(?=[\\s/])${behindName}`, "gi"),
}

/** What stands behind the name in each start tag of that name, comments aside. */
export function findTags(html: string, name: keyof typeof tags): string[] {
  return Array.from(html.replace(comments, "").matchAll(tags[name]), ([, inside = ""]) => inside)
}

// A name begins where no other sign of a name stands before: without that a long one is tried from each of its signs.
const attribute = /(?<![^\s=/"'])([^\s=/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/g

/** The attribute's value, or null. @param inside as `findTags` gives it */
export function readAttribute(inside: string, name: string): string | null {
  for (const [, key, double, single, bare] of inside.matchAll(attribute))
    if (key?.toLowerCase() === name) return (double ?? single ?? bare ?? "").trim()
  return null
}
