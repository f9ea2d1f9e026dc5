// A site of `npm run serve` for a test, on a free port with its own state, which sends its email to the stand-in for SES.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { type IncomingMessage, request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type SesStandIn, sesAccount } from "../stand-ins/ses.ts"
import { findPort, root, waitFor } from "./running-site.ts"

export interface ServedSite {
  readonly url: string
  readonly port: number
  readonly state: string
  readonly key: string
  readonly child: ChildProcess
  /** Everything that `npm run serve` printed. */
  printed(): string
  /** Removes its state too. @returns the exit code */
  stop(): Promise<number | null>
}

/** Settings for the stand-in for SES. */
export const sesSettings = ({ url }: SesStandIn): Record<string, string> => ({
  SES_ACCESS_KEY_ID: sesAccount.accessKeyId,
  SES_SECRET_ACCESS_KEY: sesAccount.secretAccessKey,
  SES_REGION: sesAccount.region,
  SES_CONFIGURATION_SET: sesAccount.configurationSet,
  SES_API: url,
})

/** Starts `npm run serve` without waiting. `origin`: default http://localhost:PORT. */
export async function runServe(options: { flags?: string[]; env?: Record<string, string>; origin?: string }) {
  const state = mkdtempSync(join(tmpdir(), "dateline-serve-"))
  const port = await findPort()
  const args = ["--port", `${port}`, "--state", state, ...(options.flags ?? [])]
  const env = { ...process.env, ORIGIN: options.origin ?? `http://localhost:${port}`, ...options.env }
  const child = spawn(process.execPath, [join(root, "src/cli/local/serve.ts"), ...args], { cwd: root, env })
  let text = ""
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk))
  // Not "exit", after which more of the output may come.
  return { state, port, child, printed: () => text, ended: once(child, "close") as Promise<[number | null]> }
}

/** Starts it and waits until it is ready. */
export async function startServed(options: Parameters<typeof runServe>[0]): Promise<ServedSite> {
  const { state, port, child, printed, ended } = await runServe(options)
  const stop = async () => {
    child.kill("SIGTERM")
    const [code] = await ended
    rmSync(state, { recursive: true, force: true })
    return code
  }
  await waitFor(() => printed().includes("Ready on") || child.exitCode !== null, "npm run serve to be ready")
  if (child.exitCode !== null) {
    await stop()
    throw new Error(`npm run serve ended:\n${printed()}`)
  }
  const key = readFileSync(join(state, "desk.key"), "utf8").trim()
  return { url: `http://localhost:${port}`, port, state, key, child, printed, stop }
}

export interface Sent {
  readonly status: number
  readonly headers: IncomingMessage["headers"]
  readonly text: string
}

/** Sends a request on a connection of its own. A stream of a body ends when the caller ends it. */
export function sendTo(
  port: number,
  path: string,
  headers: Record<string, string>,
  { method = "GET", body = "" }: { method?: string; body?: string } = {},
): { answer: Promise<Sent>; stream: ReturnType<typeof request> } {
  const stream = request({ host: "127.0.0.1", port, path, method, headers, agent: false })
  const answer = new Promise<Sent>((resolve, reject) => {
    stream.on("error", reject)
    stream.on("response", async (response) => {
      try {
        const text = Buffer.concat(await response.toArray()).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      } catch (error) {
        reject(error)
      }
    })
  })
  if (body !== "" || method === "GET") stream.end(body)
  return { answer, stream }
}
