import { resolve } from "node:path"
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin"
import { defineConfig } from "vitest/config"
import { answerCorpora } from "./tests/stand-ins/corpora.ts"

// Tests start the command line some hundred times: Node compiles its files once, as it does for editors.
process.env.NODE_COMPILE_CACHE ??= resolve(".cache/node")

const quiet = { SESSION_KEYS: "test-session-key-that-is-long-enough", DESK_KEY: "test-desk-key" }

export default defineConfig({
  test: {
    // Otherwise vitest reserves one core for itself, which is half of a small machine.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/workerd/**", "tests/browser/**", "tests/whole/**"],
          environment: "node",
          setupFiles: ["tests/languages.ts"],
          // The files share their modules: they are loaded once.
          isolate: false,
          // Tests do not check speed, and a busy machine may be slow.
          testTimeout: 60_000,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            main: "./src/worker.ts",
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              serviceBindings: { CORPORA: answerCorpora },
              bindings: {
                ...quiet,
                ...(process.env.LETTERS === undefined ? {} : { LETTERS: process.env.LETTERS }),
                ORIGIN: "http://localhost:8787",
                MIGRATIONS: {
                  catalogue: await readD1Migrations("migrations/catalogue"),
                  people: await readD1Migrations("migrations/people"),
                },
              },
            },
          })),
        ],
        test: {
          name: "workerd",
          include: ["tests/workerd/**/*.test.ts"],
          setupFiles: ["tests/languages.ts", "tests/workerd/empty-stores.ts"],
          isolate: false,
          globalSetup: ["tests/stand-ins/for-workerd.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "whole",
          include: ["tests/whole/**/*.test.ts", "tests/browser/**/*.test.ts"],
          setupFiles: ["tests/languages.ts"],
          globalSetup: ["tests/browser/shared-browser.ts", "tests/whole/sample-site.ts"],
          environment: "node",
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
