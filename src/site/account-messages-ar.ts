// What the members' room and its letters say, in Arabic.
import type { AccountMessageKey } from "./account-messages-en.ts"
import type { Text } from "./messages-en.ts"

export const arabic: Readonly<Record<AccountMessageKey, Text>> = {
  newsletterSent: "انظر في بريدك: في الرسالة التي أرسلناها للتو رابط يتم اشتراكك.",
  newsletterConfirmTitle: "هل تريد تلقي عناوين اليوم؟",
  newsletterConfirmed: "تم الاشتراك. ستصلك العناوين التالية في الصباح.",
  newsletterUnsubscribeTitle: "هل تريد إيقاف عناوين اليوم؟",
  newsletterUnsubscribe: "إلغاء الاشتراك",
  newsletterUnsubscribed: "لن تصلك عناوين أخرى منا.",
  confirm: "تأكيد",
  signInTitle: "تسجيل الدخول",
  signInText: "سنرسل إليك رابطا. لا حاجة إلى كلمة سر.",
  signInButton: "أرسلوا إلي الرابط",
  signInSent: "إن كان للعنوان حساب فالرابط في طريقه إليك. يعمل مرة واحدة خلال ربع ساعة.",
  signInConfirm: "تسجيل الدخول باسم {email}؟",
  signInExpired: "استعمل هذا الرابط أو مضى وقته. اطلب رابطا جديدا.",
  signOut: "تسجيل الخروج",
  signedOut: "تم تسجيل خروجك.",
  digest: "الموجز",
}
