// What the members' room and its letters say, in French.
import type { AccountMessageKey } from "./account-messages-en.ts"
import type { Text } from "./messages-en.ts"

export const french: Readonly<Record<AccountMessageKey, Text>> = {
  newsletterSent:
    "Regardez votre messagerie : la lettre que nous venons d’envoyer contient un lien pour terminer l’inscription.",
  newsletterConfirmTitle: "Recevoir les titres du jour ?",
  newsletterConfirmed: "C’est fait. Les prochains titres vous parviendront demain matin.",
  newsletterUnsubscribeTitle: "Ne plus recevoir les titres du jour ?",
  newsletterUnsubscribe: "Se désabonner",
  newsletterUnsubscribed: "Vous ne recevrez plus nos titres.",
  confirm: "Confirmer",
  signInTitle: "Se connecter",
  signInText: "Nous vous enverrons un lien. Il n’y a pas de mot de passe.",
  signInButton: "Envoyez-moi le lien",
  signInSent: "Si cette adresse a un compte, un lien est en route. Il sert une fois, pendant un quart d’heure.",
  signInConfirm: "Se connecter en tant que {email} ?",
  signInExpired: "Ce lien a déjà servi, ou il est trop ancien. Demandez-en un autre.",
  signOut: "Se déconnecter",
  signedOut: "Vous êtes déconnecté.",
  digest: "Condensé",
}
