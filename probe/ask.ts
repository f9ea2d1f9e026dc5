// Sends the probe's requests: to one origin, with the path exactly as given, at most four at a time and 600 in all.
import { type IncomingHttpHeaders, request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib"

export interface Answer {
  /** The path that was asked for, as sent. */
  readonly path: string
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Names and values as received, in order, so that repeated fields show. */
  readonly rawHeaders: readonly string[]
  /** Decoded by Content-Encoding. */
  readonly bytes: Buffer
  readonly text: string
  /** Milliseconds to the end of the body. */
  readonly ms: number
}

export interface Question {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export type Ask = (path: string, question?: Question) => Promise<Answer>

const mostRequests = 600
const mostAtOnce = 4
const patience = 10_000
const mostBytes = 20 * 1024 * 1024

/** The probe has used up its requests. */
export class TooManyRequests extends Error {}

/** A client of one origin. Redirects are not followed. */
export function openSite(origin: string): { ask: Ask; count(): number } {
  const { protocol, hostname, port } = new URL(origin)
  let sent = 0
  let running = 0
  const waiting: (() => void)[] = []
  const ask: Ask = async (path, question = {}) => {
    if (sent >= mostRequests) throw new TooManyRequests(`the limit of ${mostRequests} requests is reached`)
    sent++
    while (running >= mostAtOnce) await new Promise<void>((go) => waiting.push(go))
    running++
    try {
      return await send({ protocol, hostname, port }, path, question)
    } finally {
      running--
      waiting.shift()?.()
    }
  }
  return { ask, count: () => sent }
}

function send(
  to: Pick<URL, "protocol" | "hostname" | "port">,
  path: string,
  { method = "GET", headers, body }: Question,
) {
  const start = to.protocol === "https:" ? requestHttps : requestHttp
  const began = performance.now()
  return new Promise<Answer>((resolve, reject) => {
    const request = start(
      {
        host: to.hostname,
        ...(to.port !== "" && { port: to.port }),
        path,
        method,
        headers: { "User-Agent": "Dateline-probe", ...headers },
        signal: AbortSignal.timeout(patience),
      },
      (response) => {
        const parts: Buffer[] = []
        let size = 0
        response.on("data", (part: Buffer) => {
          size += part.length
          if (size > mostBytes) request.destroy(new Error(`${path} is larger than ${mostBytes} bytes`))
          parts.push(part)
        })
        response.on("error", reject)
        response.on("end", () => {
          try {
            const bytes = decode(Buffer.concat(parts), response.headers["content-encoding"])
            const { statusCode: status = 0, headers: fields, rawHeaders } = response
            const ms = performance.now() - began
            resolve({ path, status, headers: fields, rawHeaders, bytes, text: bytes.toString("utf8"), ms })
          } catch (error) {
            reject(error)
          }
        })
      },
    )
    request.on("error", reject)
    request.end(body)
  })
}

function decode(bytes: Buffer, encoding: string | undefined): Buffer {
  if (bytes.length === 0 || encoding === undefined || encoding === "identity") return bytes
  if (encoding === "gzip") return gunzipSync(bytes)
  if (encoding === "br") return brotliDecompressSync(bytes)
  if (encoding === "deflate") return inflateSync(bytes)
  throw new Error(`unknown Content-Encoding ${encoding}`)
}
