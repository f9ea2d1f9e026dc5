// Which of the house's doors are open. A door that leads nowhere yet is not drawn: its place says how to write to us.
export const doors: {
  /** `/newsletter` takes a form. */
  readonly newsletter: boolean
  /** `/sign-in` and `/account` answer. */
  readonly signIn: boolean
} = { newsletter: false, signIn: false }
