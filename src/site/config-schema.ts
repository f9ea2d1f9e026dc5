// The schema of dateline.config.ts. Only the command line runs it; the Worker uses just its type.
import * as v from "valibot"
import { reservedSegments } from "../routes.ts"
import { isSlug } from "./addresses.ts"
import { readEmail } from "./email-address.ts"
import { stripeUnits } from "./messages.ts"
import { countryByCode, countryByIso3 } from "./places.ts"
import { createPlaces, type Problem } from "./problem.ts"

// Messages say what is wrong and, after the dash, how to fix it.
const check = (right: (value: string) => boolean, message: string | ((issue: { input: unknown }) => string)) =>
  v.pipe(v.string(message), v.check(right, message))

// On one line, because headers of emails and files for machines contain these texts.
const line = (message: string) => check((value) => /\S/.test(value) && !/\p{Cc}/u.test(value), message)

const localised = v.record(v.string(), line("is blank or has line breaks — write one line of text"))
const slug = check(isSlug, "cannot be part of an address — use a-z, 0-9 and hyphens")
const country = check(
  (code) => countryByCode(code) !== null,
  'is not a country code — use ISO 3166-1 alpha-2, for example "TJ"',
)
const language = v.pipe(
  check(
    // Intl accepts languages of four to eight letters, such as "english", which do not exist (RFC 5646 §2.2.1).
    (code) => /^[a-z]{2,3}(?:-|$)/.test(code) && passes(() => Intl.getCanonicalLocales(code)[0] === code),
    'is not a language code — use BCP 47, for example "en" or "pt-BR"',
  ),
  v.check((code) => !reservedSegments.has(code.toLowerCase()), "is the address of a page — choose another code"),
)
const origin = check(isOrigin, ({ input }) => {
  const meant = URL.parse(String(input))?.origin ?? ""
  return `is not an origin — use only scheme and host: "${isOrigin(meant) ? meant : "https://example.org"}"`
})
const hour = v.picklist([...Array(24).keys()], "is not an hour — use 0 to 23")

/** What is wrong where the schema has no message of its own. */
function explainIssue({ type, expected, received }: v.BaseIssue<unknown>): string {
  if (type === "strict_object" && expected === "never") return "is an unknown key — remove it, or correct its name"
  const what = received === "undefined" ? "is missing" : "has the wrong type"
  return `${what} — see the field's type in config-schema.ts`
}

export const ConfigSchema = v.strictObject({
  /** The publication's name. */
  name: line("is not a name — write the publication's name"),
  tagline: localised,
  /** Scheme, host and port. `npm start` uses a local origin instead. */
  origin,
  /** Further origins that serve the site, such as workers.dev or a preview. Any other redirects to `origin`. */
  otherOrigins: v.optional(v.array(origin)),
  /** The IANA time zone of dates shown on pages, and of dates given without a zone. */
  timeZone: check(
    (zone) => passes(() => new Intl.DateTimeFormat("en", { timeZone: zone })),
    'is not a time zone — use an IANA name, for example "Europe/Zurich"',
  ),
  /** BCP 47 codes. The first is the default language and has no prefix in addresses. */
  languages: v.pipe(
    v.tupleWithRest([language], language, "is empty — add at least the default language"),
    v.readonly(),
  ),
  /** The newsroom's email address. */
  contact: check(
    (address) => readEmail(address) === address,
    ({ input }) =>
      `is not an email address as mail is sent to it — use ${readEmail(String(input)) ?? "name@example.org"}`,
  ),
  /** The publisher's postal address. Many countries, including the USA, require one in newsletters by law. */
  postalAddress: v.optional(
    check((value) => /\S/.test(value), "is not an address — write the publisher's street, town and country"),
  ),
  /** Countries by region: ISO 3166-1 alpha-2 codes, and XK for Kosovo. Each country belongs to at most one region. */
  regions: v.record(
    v.pipe(
      slug,
      // `content/headlines` holds the newsletter's notes, and `content/pages` the static pages.
      v.check(
        (id) => !reservedSegments.has(id) && id !== "headlines" && id !== "pages",
        "is the address of a page — choose another name",
      ),
      // The maps of regions share a folder with those of countries and of the world.
      v.check(
        (id) => id !== "world" && !id.endsWith("-globe") && countryByIso3(id.toUpperCase()) === null,
        "is the name of another map — choose another name",
      ),
    ),
    v.strictObject({ name: localised, countries: v.array(country) }),
  ),
  /** Topic names by slug, for topics whose name should differ from their slug. */
  topics: v.record(slug, localised),
  /**
   * The static pages in every page's footer, in this order, by file name: `about` is content/pages/about.md. A page is
   * linked only in the languages in which it has a name here.
   */
  footer: v.optional(v.record(slug, localised)),
  membership: v.strictObject({
    price: v.strictObject({
      /** In the currency's smallest unit as defined by Stripe: 500 is US$5, ¥500 or 5 krónur. */
      amount: v.number("is not a number — use a whole number: 500 for US$5"),
      currency: check(
        (code) => Intl.supportedValuesOf("currency").includes(code),
        'is not a currency — use an ISO 4217 code in capitals, for example "USD"',
      ),
      interval: v.picklist(["month", "year"], 'is not an interval — use "month" or "year"'),
    }),
    /** A Stripe price id. Checkout opens only if it charges exactly `price`. If omitted, Checkout uses `price`. */
    stripePrice: v.optional(
      check((id) => /^price_\w+$/.test(id), 'is not a price id — copy it from the Stripe dashboard: "price_1N…"'),
    ),
  }),
  /** The daily headlines for everyone. `hour`: the hour of day in the site's time zone. */
  newsletter: v.strictObject({ name: localised, hour }),
  /** The weekday digest for members. */
  digest: v.strictObject({ name: localised, hour }),
  /** Rights profiles by name: who holds the rights to an article, and what others may do with it. */
  rights: v.record(
    v.string(),
    v.strictObject({
      holder: line("is not a name — say who holds the rights"),
      /** Plain text shown below the article. */
      note: v.record(
        v.string(),
        check((value) => /\S/.test(value), "is blank — write the note, or remove it"),
      ),
      /** An https: or mailto: address. */
      contact: check(isContact, "is not a URL — use https://… or mailto:name@example.org"),
      /** Whether others may republish the text. If so, the page offers it for copying. */
      republish: v.boolean("is not a boolean — use true or false"),
    }),
  ),
})

/** Finds all mistakes in a config, with their positions in `source`, the text of dateline.config.ts. */
export function checkConfig(config: unknown, source = ""): Problem[] {
  const result = v.safeParse(ConfigSchema, config, { abortPipeEarly: true })
  const mistakes: Mistake[] = (result.issues ?? []).map((issue) => {
    const path = (issue.path ?? []).map(({ key }) => String(key))
    const message = issue.message.includes(" — ") ? issue.message : explainIssue(issue)
    const shown = typeof issue.input === "string" ? `${JSON.stringify(issue.input)} ` : ""
    return { path, message: `${shown}${message}` }
  })
  if (result.success)
    mistakes.push(
      ...checkFooter(result.output),
      ...checkLanguages(result.output),
      ...checkAmount(result.output),
      ...checkRegions(result.output),
      ...checkTexts(result.output),
    )
  const places = createPlaces(source)
  return mistakes.map(({ path, message }) => {
    const [what = "", fix = ""] = message.split(" — ")
    return { file: "dateline.config.ts", ...places(findKey(source, path)), field: path.join("."), message: what, fix }
  })
}

interface Mistake {
  readonly path: readonly string[]
  readonly message: string
}

type Config = v.InferOutput<typeof ConfigSchema>

function checkLanguages({ languages }: Config): Mistake[] {
  return languages
    .filter((code, index) => languages.indexOf(code) !== index)
    .map((code) => ({ path: ["languages"], message: `"${code}" is listed twice — remove one` }))
}

function checkFooter({ footer = {}, regions, languages }: Config): Mistake[] {
  const taken = [...reservedSegments, ...Object.keys(regions), ...languages.map((code) => code.toLowerCase())]
  return Object.keys(footer)
    .filter((page) => taken.includes(page))
    .map((page) => ({ path: ["footer", page], message: `/${page} cannot be a static page — choose another name` }))
}

function checkAmount({ membership: { price } }: Config): Mistake[] {
  const { amount, currency } = price
  const { decimals, step } = stripeUnits(currency)
  const unit = decimals === 0 ? currency : `1/${10 ** decimals} ${currency}`
  const path = ["membership", "price", "amount"]
  if (!Number.isSafeInteger(amount) || amount <= 0)
    return [{ path, message: `${amount} is not a valid amount — use a positive whole number, in units of ${unit}` }]
  if (amount % step === 0) return []
  return [{ path, message: `Stripe cannot charge ${amount} — use a multiple of ${step} (the unit is ${unit})` }]
}

function checkRegions({ regions, languages }: Config): Mistake[] {
  const mistakes: Mistake[] = []
  const regionOf = new Map<string, string>()
  if (Object.keys(regions).length === 0)
    mistakes.push({ path: ["regions"], message: "is empty — add a region with its countries" })
  for (const [region, { countries }] of Object.entries(regions)) {
    const path = ["regions", region]
    if (languages.some((code) => code.toLowerCase() === region))
      mistakes.push({ path, message: `/${region} is the address of a language — choose another name` })
    for (const code of countries) {
      const other = regionOf.get(code)
      if (other === region) mistakes.push({ path, message: `${code} is listed twice — remove one` })
      else if (other) mistakes.push({ path, message: `${code} is also in ${other} — list it in one region only` })
      else regionOf.set(code, region)
    }
  }
  return mistakes
}

/** Checks that the default language has all of the publication's texts. */
function checkTexts(site: Config): Mistake[] {
  const [main] = site.languages
  const texts = [
    { path: ["tagline"], text: site.tagline },
    { path: ["newsletter", "name"], text: site.newsletter.name },
    { path: ["digest", "name"], text: site.digest.name },
    ...Object.entries(site.regions).map(([id, { name }]) => ({ path: ["regions", id, "name"], text: name })),
    ...Object.entries(site.topics).map(([id, name]) => ({ path: ["topics", id], text: name })),
    ...Object.entries(site.rights).map(([id, { note }]) => ({ path: ["rights", id, "note"], text: note })),
  ]
  const missing = texts.filter(({ text }) => !text[main]?.trim())
  return missing.map(({ path }) => ({ path, message: `has no text in "${main}" — the default language needs one` }))
}

/** The offset of a key in the config's source, or of its nearest parent that can be found. */
function findKey(source: string, path: readonly string[]): number {
  let offset = 0
  for (const key of path) {
    const found = source.slice(offset).search(new RegExp(`(?<![\\w-])["']?${RegExp.escape(key)}["']?\\s*:`))
    if (found === -1) break
    offset += found
  }
  return offset
}

export function isOrigin(text: string): boolean {
  const parsed = URL.parse(text)
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.origin === text
}

function passes(test: () => unknown): boolean {
  try {
    return Boolean(test())
  } catch {
    return false
  }
}

function isContact(text: string): boolean {
  return /^mailto:[^\s@?]+@[^\s@?]+$/.test(text) || URL.parse(text)?.protocol === "https:"
}
