// An e-mail address: what can be one, and under which form a person is known.

/**
 * An e-mail address as it was typed, trimmed, or null when it can be none: one `@`, no white space or control characters,
 * at most 254 characters (RFC 5321 §4.5.3.1.3). Never more than one address; a header cannot be broken with it.
 */
export function readEmail(text: string | null): string | null {
  const email = (text ?? "").trim().normalize("NFC")
  if (
    email.length > 254 ||
    !/^[^\s@<>(),;:"\\\p{Cc}]{1,64}@[^\s@<>(),;:"\\\p{Cc}]+\.[^\s@<>(),;:"\\\p{Cc}.]+$/u.test(email)
  )
    return null
  return email
}

/** The form of an address that limits and accounts are kept under: one person's spellings are one. */
export function foldEmail(email: string): string {
  return email.toLowerCase()
}
