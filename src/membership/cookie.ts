// The session's cookie: `__Host-` where the site is on https, so that no other host or path can set it.

/** The cookie's name for an origin. */
export function sessionCookie(origin: string): string {
  return origin.startsWith("https:") ? "__Host-dateline" : "dateline"
}

/** The session token of a Cookie header; null when there is none, or two (threat model 53). */
export function sessionToken(header: string | null, origin: string): string | null {
  if (header === null) return null
  const name = `${sessionCookie(origin)}=`
  let found: string | null = null
  for (const part of header.split(";")) {
    const pair = part.trim()
    if (!pair.startsWith(name)) continue
    if (found !== null) return null
    found = pair.slice(name.length)
  }
  return found
}
