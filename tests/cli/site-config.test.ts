import { expect, it } from "vitest"
import config from "../../dateline.config.ts"
import { requireValidConfig } from "../../src/cli/commands/check.ts"
import { CLIError } from "../../src/cli/output.ts"

it("reports every mistake in the config before reading any article", () => {
  requireValidConfig(config)
  const wrong = { ...config, origin: "https://example.org/", timeZone: "Europe/Nowhere" }
  const said = (): unknown => {
    try {
      return requireValidConfig(wrong)
    } catch (error) {
      return error
    }
  }
  expect(said()).toBeInstanceOf(CLIError)
  expect(said()).toMatchObject({
    code: 1,
    message: expect.stringMatching(
      /^dateline\.config\.ts:\d\d:3 origin: .* — .*\ndateline\.config\.ts:\d\d:3 timeZone: .* — /,
    ),
  })
})
