// The pages for signing in and out.
import { formatAddress } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import type { SiteConfig } from "../site/site.ts"
import { renderButtonForm } from "./components.ts"
import { type Html, html } from "./html.ts"
import { personalPath, renderTextPage } from "./layout.ts"

/** `next`: the path to continue to. `typed`: the invalid address. `when`: when to try again, such as “in 5 minutes”. */
export type SignInView =
  | { readonly state: "sent" }
  | { readonly state: "asks" | "expired"; readonly next: string | null }
  | { readonly state: "tooMany"; readonly next: string | null; readonly when: string }
  | { readonly state: "mistyped"; readonly next: string | null; readonly typed: string }

export function renderSignInPage(view: SignInView, language: string, site: SiteConfig): string {
  const { state } = view
  const title = message(language, state === "sent" ? "checkInbox" : "signInTitle")
  const content = html`${
    state === "sent"
      ? html`<p class="standfirst" role="status">${message(language, "signInSent")}</p>
<p class="ui">${message(language, "signInSentHint")} <a href="${personalPath("/sign-in", language, site)}">${message(language, "signInAgain")}</a></p>`
      : renderForm(view, language, site)
  }
<p class="ui">${message(language, "signInMembersOnly")} <a href="${formatAddress({ kind: "join", language }, site)}">${message(language, "joinTitle")}</a></p>`
  return renderTextPage({ language, title, page: "/sign-in", content }, site)
}

const problems = { tooMany: "signInTooMany", expired: "signInExpired", mistyped: "wrongAddress" } as const

function renderForm(view: Exclude<SignInView, { state: "sent" }>, language: string, site: SiteConfig): Html {
  const { state, next } = view
  const problem =
    state === "asks" ? null : message(language, problems[state], state === "tooMany" ? { when: view.when } : {})
  const wrong = state === "mistyped"
  return html`${
    problem === null
      ? html`<p class="standfirst">${message(language, "signInText")}</p>`
      : html`<p class="notice ui" id="problem_" role="alert">${problem}</p>`
  }
<form method="post" action="${personalPath("/sign-in", language, site)}">${next !== null && html`<input type="hidden" name="next" value="${next}">`}<label class="ui" for="email_">${message(language, "emailLabel")}</label><input id="email_" name="email" type="email" required autocomplete="email" maxlength="254" dir="ltr"${wrong && html` value="${view.typed}" aria-invalid="true" aria-describedby="problem_" autofocus`}><button>${message(language, "signInButton")}</button></form>`
}

interface ConfirmView {
  readonly language: string
  readonly email: string
  readonly token: string
  /** Whether this browser requested the link. */
  readonly own: boolean
}

/** The page that the emailed link opens: who will be signed in, and the button to sign in. */
export function renderConfirmPage({ language, email, token, own }: ConfirmView, site: SiteConfig): string {
  const title = message(language, "signInTitle")
  const content = html`${
    own
      ? html`<p class="standfirst">${message(language, "signInOwn")}</p>`
      : html`<p class="notice ui" role="alert">${message(language, "signInOther")}</p>`
  }
<p><bdi dir="ltr"><b>${email}</b></bdi></p>
${renderButtonForm(personalPath("/sign-in/confirm", language, site), { token }, message(language, "signInConfirm", { email }))}`
  return renderTextPage({ language, title, page: "/sign-in", content }, site)
}

/** Asks for confirmation before signing out, or says that nobody is signed in. */
export function renderSignOutPage(
  { language, signedIn }: { readonly language: string; readonly signedIn: boolean },
  site: SiteConfig,
): string {
  const title = message(language, signedIn ? "signOut" : "signedOut")
  const content = signedIn
    ? renderSignOutForms(language, site)
    : html`<p><a class="button" href="${formatAddress({ kind: "front", language }, site)}">${message(language, "home")}</a></p>
<p class="ui"><a href="${personalPath("/sign-in", language, site)}">${message(language, "signInTitle")}</a></p>`
  return renderTextPage({ language, title, page: "/sign-out", signedIn, content }, site)
}

/** Two buttons: sign out here, and sign out everywhere. */
export function renderSignOutForms(language: string, site: SiteConfig): Html {
  const action = personalPath("/sign-out", language, site)
  return html`${renderButtonForm(action, {}, message(language, "signOut"), "quiet")}
${renderButtonForm(action, { everywhere: "1" }, message(language, "signOutEverywhere"), "quiet")}
<p class="ui">${message(language, "signOutEverywhereText")}</p>`
}
