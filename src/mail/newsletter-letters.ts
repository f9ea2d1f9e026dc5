// The letters around the newsletter: confirm, already subscribed, welcome. Nothing that a stranger typed stands in them.

import { languagePrefix } from "../site/format-address.ts"
import { message } from "../site/messages.ts"
import { inLanguage, type SiteConfig } from "../site/site.ts"
import type { Draft } from "./letter.ts"

/** To whom, in which of the site's languages. */
export interface Reader {
  readonly email: string
  readonly language: string
}

type NewsList = "headlines" | "digest"

/** A list's name in the reader's language. */
export function nameList(list: NewsList, language: string, site: SiteConfig): string {
  return inLanguage(list === "headlines" ? site.newsletter.name : site.digest.name, language, site)
}

/** Asks whether the reader wants the headlines. @param token confirms it */
export function draftConfirmation({ email, language }: Reader, token: string, site: SiteConfig): Draft {
  const say = speak("headlines", language, site)
  return {
    to: email,
    language,
    subject: say("letterConfirmSubject"),
    paragraphs: [say("letterConfirmText"), say("letterConfirmHow")],
    button: { label: say("confirm"), url: linkTo("/newsletter/confirm", { token }, language, site) },
    closing: [say("letterConfirmNot")],
    footer: [say("letterFooterAsked")],
  }
}

/** Says that there is nothing to confirm. @param token the subscriber's */
export function draftAlready({ email, language }: Reader, token: string, site: SiteConfig): Draft {
  const say = speak("headlines", language, site)
  return {
    to: email,
    language,
    subject: say("letterAlreadySubject"),
    paragraphs: [say("letterAlreadyText"), say("letterAlreadyHow")],
    button: { label: say("letterManage"), url: unsubscribeLink("headlines", token, language, site) },
    ...endLetters("headlines", token, language, site),
  }
}

/** The first letter after confirming. @param token the subscriber's */
export function draftWelcome({ email, language }: Reader, token: string, site: SiteConfig): Draft {
  const say = speak("headlines", language, site)
  return {
    to: email,
    language,
    subject: say("letterWelcomeSubject"),
    paragraphs: [say("letterWelcomeText"), say("letterWelcomeHow")],
    button: { label: say("letterManage"), url: unsubscribeLink("headlines", token, language, site) },
    ...endLetters("headlines", token, language, site),
  }
}

/**
 * What every letter to a list carries: in its footer why it came and how to end it, and the headers by which a mail program
 * ends it in one click (RFC 2369 §3.2, RFC 8058).
 */
export function endLetters(
  list: NewsList,
  token: string,
  language: string,
  site: SiteConfig,
): { readonly footer: readonly string[]; readonly headers: Readonly<Record<string, string>> } {
  const url = unsubscribeLink(list, token, language, site)
  const say = speak(list, language, site)
  return {
    footer: [say("letterFooterSubscribed"), message(language, "letterFooterStop", { url })],
    headers: { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
  }
}

function unsubscribeLink(list: NewsList, token: string, language: string, site: SiteConfig): string {
  return linkTo("/newsletter/unsubscribe", { token, list }, language, site)
}

function linkTo(path: string, query: Record<string, string>, language: string, site: SiteConfig): string {
  return `${site.origin}${languagePrefix(language, site)}${path}?${new URLSearchParams(query)}`
}

function speak(list: NewsList, language: string, site: SiteConfig) {
  const name = nameList(list, language, site)
  return (key: Parameters<typeof message>[1]) => message(language, key, { list: name })
}
