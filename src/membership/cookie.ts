// Our cookies: `__Host-` where the site is on https, so that no other host or path can set them; HttpOnly, SameSite=Lax.

/** The session's cookie, by name, for an origin. */
export function sessionCookie(origin: string): string {
  return cookieName("dateline", origin)
}

/** The session token of a Cookie header; null when there is none, or two (threat model 53). */
export function sessionToken(header: string | null, origin: string): string | null {
  return readCookie(header, sessionCookie(origin))
}

/** A Set-Cookie value that keeps a session for `seconds`; "" and 0 end it. */
export function formatSessionCookie(token: string, seconds: number, origin: string): string {
  return formatCookie("dateline", token, seconds, origin)
}

/** A cookie of ours for `seconds`; its name as `cookieName` makes it. */
export function formatCookie(name: string, value: string, seconds: number, origin: string): string {
  const secure = origin.startsWith("https:") ? "; Secure" : ""
  return `${cookieName(name, origin)}=${value}; Path=/; Max-Age=${Math.max(0, seconds)}; HttpOnly; SameSite=Lax${secure}`
}

/** A cookie's whole name for an origin. */
export function cookieName(name: string, origin: string): string {
  return origin.startsWith("https:") ? `__Host-${name}` : name
}

/** The value of the one cookie of that whole name; null when there is none, or two. */
export function readCookie(header: string | null, name: string): string | null {
  if (header === null) return null
  const start = `${name}=`
  let found: string | null = null
  for (let at = 0, end = 0; at < header.length; at = end + 1) {
    end = header.indexOf(";", at)
    if (end === -1) end = header.length
    while (header.charCodeAt(at) === 32) at++
    if (!header.startsWith(start, at)) continue
    if (found !== null) return null
    found = header.slice(at + start.length, end).trimEnd()
  }
  return found
}
