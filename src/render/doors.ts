// Which of the house's doors are open. A door that leads nowhere yet is not drawn: its place says how to write to us.
export const doors: {
  /** `/sign-in` and `/account` answer. */
  readonly signIn: boolean
} = { signIn: true }
