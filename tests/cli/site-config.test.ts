import { expect, it } from "vitest"
import { CLIError } from "../../src/cli/failure.ts"
import { expectRightConfig } from "../../src/cli/site-config.ts"
import { config } from "../../src/site/config.ts"

it("names every mistake in a publisher's config before it looks at an article", () => {
  expectRightConfig(config)
  const wrong = { ...config, origin: "https://example.org/", timeZone: "Europe/Nowhere" }
  const said = (): unknown => {
    try {
      return expectRightConfig(wrong)
    } catch (error) {
      return error
    }
  }
  expect(said()).toBeInstanceOf(CLIError)
  expect(said()).toMatchObject({
    code: 1,
    message: expect.stringMatching(/config\.ts origin: .*\n.*config\.ts timeZone: /),
  })
})
