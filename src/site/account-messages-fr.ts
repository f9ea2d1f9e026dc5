// What the members' room and its letters say, in French.
import type { AccountMessageKey } from "./account-messages-en.ts"
import type { Text } from "./messages-en.ts"

export const french: Readonly<Record<AccountMessageKey, Text>> = {
  newsletterSentTitle: "Regardez votre messagerie",
  newsletterSent:
    "Une lettre est en route, avec un lien pour terminer l’inscription. Elle peut prendre une minute, et se trouver parmi les indésirables. Une adresse reçoit une lettre par jour : si vous l’avez déjà demandée aujourd’hui, servez-vous du lien que vous avez.",
  newsletterWrongAddress: "Ce n’est pas une adresse électronique. Elle devrait ressembler à nom@exemple.org.",
  newsletterTooMany: "Trop d’inscriptions viennent de votre réseau. Réessayez dans une heure.",
  newsletterTrouble: "Nous ne pouvons pas prendre votre inscription pour l’instant. Réessayez dans une minute.",
  newsletterConfirmTitle: "Recevoir « {list} » chaque matin ?",
  newsletterConfirmText: "Un courriel par jour, gratuit. Chacun contient un lien pour y mettre fin.",
  newsletterConfirmButton: "Oui, envoyez-les",
  newsletterStaleTitle: "Ce lien ne sert plus",
  newsletterStale:
    "Il est trop ancien, ou a été coupé en chemin. Inscrivez-vous de nouveau et nous en enverrons un autre.",
  newsletterConfirmedTitle: "Vous êtes sur la liste",
  newsletterConfirmed: "La prochaine édition de « {list} » vous parviendra demain matin.",
  newsletterUnsubscribeTitle: "Ne plus recevoir « {list} » ?",
  newsletterUnsubscribeText: "Nous ne vous en enverrons plus.",
  newsletterUnsubscribe: "Arrêter « {list} »",
  newsletterStart: "Recevoir « {list} »",
  newsletterUnsubscribedTitle: "Vous n’êtes plus sur la liste",
  newsletterUnsubscribed: "C’est arrêté. Si vous changez d’avis, vous pouvez vous réinscrire à tout moment.",
  newsletterNothingTitle: "Il n’y a rien à arrêter",
  newsletterNothing:
    "Aucune lettre n’est envoyée sous ce lien : vous les avez déjà arrêtées, ou le lien a été coupé en chemin. Copiez-le alors en entier depuis la lettre.",
  newsletterLettersTitle: "Vos lettres",
  newsletterLanguage: "Langue de vos lettres",
  newsletterSave: "Enregistrer",
  newsletterSaved: "C’est enregistré.",
  letterConfirmSubject: "Confirmez votre inscription : {list}",
  letterConfirmText: "Quelqu’un, vous-même nous l’espérons, a demandé que « {list} » soit envoyé à cette adresse.",
  letterConfirmHow:
    "Pour le recevoir, ouvrez ce lien et appuyez sur le bouton qui s’y trouve. Il sert pendant trois jours.",
  letterConfirmNot: "Si ce n’était pas vous, ne faites rien. Aucune autre lettre ne viendra.",
  letterAlreadySubject: "Vous recevez déjà « {list} »",
  letterAlreadyText:
    "Quelqu’un, vous-même nous l’espérons, a demandé que « {list} » soit envoyé à cette adresse. C’est déjà le cas : il n’y a rien à faire.",
  letterAlreadyHow: "Si rien n’arrive, regardez parmi les indésirables et ajoutez notre adresse à votre carnet.",
  letterManage: "Changer ou arrêter vos lettres",
  letterWelcomeSubject: "Bienvenue : vous recevez « {list} »",
  letterWelcomeText: "Merci. La prochaine édition de « {list} » vous parviendra demain matin.",
  letterWelcomeHow: "La langue et les lettres peuvent être changées à tout moment :",
  letterFooterAsked: "Vous recevez cette lettre parce que cette adresse a été donnée sur notre site.",
  letterFooterSubscribed: "Vous recevez cette lettre parce que vous avez demandé « {list} ».",
  letterFooterStop: "Y mettre fin : {url}",
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
