// Checks that a page is a conforming HTML document: html-validate's rules, and the ones that we leave out, with reasons.
import { HtmlValidate, StaticConfigLoader } from "html-validate"

const createValidator = (more: Readonly<Record<string, "off">>) =>
  new HtmlValidate(
    new StaticConfigLoader({
      root: true,
      extends: ["html-validate:recommended", "html-validate:document"],
      rules: {
        ...more,
        // Only style: the HTML means the same either way.
        "doctype-style": "off",
        "no-implicit-button-type": "off",
        "no-implicit-input-type": "off",
        "no-trailing-whitespace": "off",
        "prefer-native-element": "off",
        "attribute-boolean-style": "off",
        "attr-quotes": "off",
        "attribute-empty-style": "off",
        // A title may have 200 characters: its length is up to editors.
        "long-title": "off",
        // As in the HTML standard, a bare & or > is text.
        "no-raw-characters": ["error", { relaxed: true }],
        // An id may contain letters of any script, as in Arabic headings.
        "valid-id": ["error", { relaxed: true }],
        // Anything that ARIA allows may have a label, such as a list of facts.
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

/** The faults in a page's HTML: `rule: message in …`. */
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
