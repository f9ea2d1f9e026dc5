// What the members' room and its letters say, in English: apart from the pages' texts, which every reader's request needs.

export const english = {
  newsletterSent: "Look in your inbox: the letter that we have just sent has a link that finishes your sign-up.",
  newsletterConfirmTitle: "Get the daily headlines?",
  newsletterConfirmed: "You are on the list. The next headlines will reach you in the morning.",
  newsletterUnsubscribeTitle: "Stop the daily headlines?",
  newsletterUnsubscribe: "Unsubscribe",
  newsletterUnsubscribed: "You will get no more headlines from us.",
  confirm: "Confirm",
  signInTitle: "Sign in",
  signInText: "We will send you a link. There is no password.",
  signInButton: "Send me the link",
  signInSent: "If the address belongs to an account, a link is on its way. It works once, for a quarter of an hour.",
  signInConfirm: "Sign in as {email}?",
  signInExpired: "That link has been used, or is too old. Ask for a new one.",
  signOut: "Sign out",
  signedOut: "You are signed out.",
  digest: "Digest",
} as const

export type AccountMessageKey = keyof typeof english
