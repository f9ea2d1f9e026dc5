// The publication: name, languages, regions, membership, rights. `npx dateline check` reports mistakes in it.
import type { SiteConfig } from "./src/site/site.ts"

const config: SiteConfig = {
  name: "Meridian",
  tagline: {
    en: "Reporting on crises, and on the people who live through them",
    fr: "Les crises, et celles et ceux qui les traversent",
    ar: "تقارير عن الأزمات وعن الناس الذين يعيشونها",
    ru: "О кризисах и о людях, которые их переживают",
  },
  origin: "https://meridian.example",
  timeZone: "Europe/Zurich",
  languages: ["en", "fr", "ar", "ru"],
  contact: "desk@meridian.example",
  postalAddress: "Meridian, Rue de l’Exemple 1, 1200 Genève, Switzerland",
  // ISO 3166-1 codes; XK is Kosovo. Each country belongs to one region.
  regions: {
    asia: {
      name: { en: "Asia", fr: "Asie", ar: "آسيا", ru: "Азия" },
      countries: list(`
        AF AM AZ BD BN BT CN GE HK ID IN JP KG KH KP KR KZ LA LK MM MN MO MV MY NP PH PK SG TH TJ TL TM TW
        UZ VN
      `),
    },
    africa: {
      name: { en: "Africa", fr: "Afrique", ar: "أفريقيا", ru: "Африка" },
      countries: list(`
        AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA MG ML MR
        MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW
      `),
    },
    "middle-east": {
      name: { en: "Middle East", fr: "Moyen-Orient", ar: "الشرق الأوسط", ru: "Ближний Восток" },
      countries: list("AE BH IL IQ IR JO KW LB OM PS QA SA SY TR YE"),
    },
    europe: {
      name: { en: "Europe", fr: "Europe", ar: "أوروبا", ru: "Европа" },
      countries: list(`
        AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV
        MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK
      `),
    },
    americas: {
      name: { en: "Americas", fr: "Amériques", ar: "الأمريكتان", ru: "Америка" },
      countries: list(`
        AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CU CW DM DO EC FK GD GF GL GP GS GT GY HN HT JM
        KN KY LC MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT UM US UY VC VE VG VI
      `),
    },
    pacific: {
      name: { en: "Pacific", fr: "Pacifique", ar: "المحيط الهادئ", ru: "Океания" },
      countries: list("AQ AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV VU WF WS"),
    },
  },
  topics: {
    security: { en: "Security", fr: "Sécurité", ar: "الأمن", ru: "Безопасность" },
    displacement: { en: "Displacement", fr: "Déplacements forcés", ar: "النزوح", ru: "Беженцы и переселенцы" },
    "food-security": { en: "Food security", fr: "Sécurité alimentaire", ar: "الأمن الغذائي", ru: "Продовольствие" },
    health: { en: "Health", fr: "Santé", ar: "الصحة", ru: "Здоровье" },
    climate: { en: "Climate", fr: "Climat", ar: "المناخ", ru: "Климат" },
    water: { en: "Water", fr: "Eau", ar: "المياه", ru: "Вода" },
    "aid-policy": { en: "Aid policy", fr: "Politique de l’aide", ar: "سياسات المعونة", ru: "Гуманитарная помощь" },
    migration: { en: "Migration", fr: "Migrations", ar: "الهجرة", ru: "Миграция" },
    education: { en: "Education", fr: "Éducation", ar: "التعليم", ru: "Образование" },
    economy: { en: "Economy", fr: "Économie", ar: "الاقتصاد", ru: "Экономика" },
  },
  footer: {
    about: { en: "About us", fr: "Qui sommes-nous", ar: "من نحن", ru: "О нас" },
    contact: { en: "Contact", fr: "Contact", ar: "اتصل بنا", ru: "Контакты" },
    "corrections-policy": {
      en: "Corrections policy",
      fr: "Politique de rectification",
      ar: "سياسة التصويب",
      ru: "Правила исправлений",
    },
    privacy: { en: "Privacy", fr: "Vie privée", ar: "الخصوصية", ru: "Конфиденциальность" },
    accessibility: { en: "Accessibility", fr: "Accessibilité", ar: "إمكانية الوصول", ru: "Доступность" },
  },
  membership: { price: { amount: 500, currency: "USD", interval: "month" } },
  newsletter: {
    name: { en: "Daily headlines", fr: "Les titres du jour", ar: "عناوين اليوم", ru: "Заголовки дня" },
    hour: 6,
  },
  digest: {
    name: { en: "The Meridian Digest", fr: "Le Condensé Meridian", ar: "موجز ميريديان", ru: "Дайджест Meridian" },
    hour: 6,
  },
  rights: {
    meridian: {
      holder: "Meridian",
      note: {
        en: "You may republish this text free of charge, whole and unchanged, if you name its author and Meridian, link to this page and do not sell it. Pictures are not included.",
        fr: "Vous pouvez republier ce texte gratuitement, en entier et sans le modifier, en citant son auteur et Meridian, avec un lien vers cette page, et sans le vendre. Les images ne sont pas comprises.",
        ar: "يمكنكم إعادة نشر هذا النص مجانا، كاملا ومن دون تعديل، مع ذكر كاتبه وميريديان ورابط إلى هذه الصفحة، ومن دون بيعه. ولا يشمل ذلك الصور.",
        ru: "Этот текст можно бесплатно перепечатать целиком и без изменений, если указать автора и Meridian, поставить ссылку на эту страницу и не продавать его. Фотографии и рисунки сюда не входят.",
      },
      contact: "mailto:desk@meridian.example",
      republish: true,
    },
    "un-irin": {
      holder: "United Nations",
      note: {
        en: "This story is based on the facts in a report that IRIN published when it was a service of the United Nations Office for the Coordination of Humanitarian Affairs (OCHA). Rights in that report lie with the United Nations, and Meridian cannot grant them: questions about copyright or liability go to the United Nations.",
        fr: "Cet article reprend les faits d’une dépêche d’IRIN, parue lorsqu’IRIN était un service du Bureau de la coordination des affaires humanitaires des Nations Unies (OCHA). Les droits sur cette dépêche appartiennent aux Nations Unies et Meridian ne peut les céder : toute question de droit d’auteur ou de responsabilité est à adresser aux Nations Unies.",
        ar: "يستند هذا المقال إلى وقائع تقرير نشرته شبكة إيرين عندما كانت تابعة لمكتب الأمم المتحدة لتنسيق الشؤون الإنسانية (أوتشا). حقوق ذلك التقرير للأمم المتحدة ولا يمكن لميريديان منحها: توجه الأسئلة المتعلقة بحقوق النشر أو المسؤولية إلى الأمم المتحدة.",
        ru: "Этот материал написан по фактам из сообщения агентства IRIN, опубликованного, когда оно было службой Управления ООН по координации гуманитарных вопросов (УКГВ). Права на то сообщение принадлежат ООН, и Meridian не может их передавать: с вопросами об авторских правах и ответственности следует обращаться в ООН.",
      },
      contact: "https://shop.un.org/rights-permissions",
      republish: false,
    },
  },
}

export default config

/** Splits a text into words. */
function list(text: string): string[] {
  return text.trim().split(/\s+/)
}
