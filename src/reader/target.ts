// The request's target as it was sent: `new URL()` would hide dot segments, and costs 5 µs.

/** The raw path and query of a request's URL; `GET *` and other forms give a path that is no address. */
export function splitTarget(url: string): { path: string; query: string } {
  const scheme = url.indexOf("://")
  const start = scheme === -1 ? 0 : url.indexOf("/", scheme + 3)
  if (start === -1) return { path: url.endsWith("*") ? "*" : "/", query: "" }
  const fragment = url.indexOf("#", start)
  const end = fragment === -1 ? url.length : fragment
  const mark = url.indexOf("?", start)
  if (mark === -1 || mark > end) return { path: url.slice(start, end), query: "" }
  return { path: url.slice(start, mark), query: url.slice(mark + 1, end) }
}
