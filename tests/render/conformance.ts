// Is a page a conforming HTML document? html-validate's rules, and which of them we leave out, and why.
import { HtmlValidate, StaticConfigLoader } from "html-validate"

const createValidator = (more: Readonly<Record<string, "off">>) =>
  new HtmlValidate(
    new StaticConfigLoader({
      root: true,
      extends: ["html-validate:recommended", "html-validate:document"],
      rules: {
        ...more,
        // Style: HTML says the same either way.
        "doctype-style": "off",
        "no-implicit-button-type": "off",
        "no-implicit-input-type": "off",
        "no-trailing-whitespace": "off",
        "prefer-native-element": "off",
        "attribute-boolean-style": "off",
        "attribute-empty-style": "off",
        // A title may have 200 characters: an editor's matter, not the document's.
        "long-title": "off",
        // As the HTML standard has it: a bare & or > is text.
        "no-raw-characters": ["error", { relaxed: true }],
        // An id may hold letters of any script, as headings in Arabic do.
        "valid-id": ["error", { relaxed: true }],
        // A name may stand on whatever ARIA lets have one: a list of facts too.
        "aria-label-misuse": ["error", { allowAnyNamable: true }],
      },
    }),
  )
const validator = createValidator({})
/** Mail programs strip style sheets, and know only `presentation` as the role of a table that lays out. */
const emailValidator = createValidator({
  "no-inline-style": "off",
  "presentation-role-style": "off",
  "prefer-tbody": "off",
})

/** What in a page is no conforming HTML: `rule: message in …`. */
export async function findNonconformities(page: string, isEmail = false): Promise<string[]> {
  const { results } = await (isEmail ? emailValidator : validator).validateString(page)
  const lines = page.split("\n")
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line, column }) => {
      const around = lines[line - 1]?.slice(Math.max(0, column - 60), column + 60)
      return `${ruleId}: ${message} in …${around}…`
    }),
  )
}
