// Generates load: requests over plain sockets with keep-alive, in a closed or open loop, and checks each response. Our own
// code, because autocannon uses 2–3 times the CPU per request, so that on two cores it would be the bottleneck itself.
import { connect, type Socket } from "node:net"

/** What a response must be. */
export interface Expected {
  readonly status: number
  /** Minimum length of the body; 0 if there is none. */
  readonly length: number
  /** Bytes that the body must contain. */
  readonly marker?: string
  /** Text that the head must contain, such as a miss's Cache-Status. */
  readonly head?: string
}

export interface Ask {
  readonly target: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Load {
  readonly port: number
  /** The next request; called once for each. */
  readonly next: () => Ask
  readonly expected: Expected
  readonly seconds: number
  readonly connections: number
}

export interface Measured {
  readonly requests: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly wrong: number
  /** The first wrong response: the request, and the status line. */
  readonly firstWrong: string
}

/** Sends as many requests as the connections can handle in the time. */
export async function runClosed(load: Load): Promise<Measured> {
  const { port, next, expected, seconds, connections } = load
  const times: number[] = []
  let wrong = 0
  let firstWrong = ""
  const began = performance.now()
  const end = began + seconds * 1000
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const line = await openLine(port, expected)
      // At least one request, however short the time.
      do {
        const sent = performance.now()
        const ask = next()
        const said = await line.ask(ask)
        if (said !== null && wrong++ === 0) firstWrong = `${ask.target}: ${said}`
        times.push(performance.now() - sent)
      } while (performance.now() < end)
      line.close()
    }),
  )
  return summarize(times, wrong, firstWrong, performance.now() - began)
}

/**
 * Sends requests at a fixed rate, whether or not earlier ones were answered. A waiting request counts from when it was due,
 * so that slow responses are not hidden by fewer requests (coordinated omission).
 */
export async function runOpen(load: Load & { readonly rate: number }): Promise<Measured> {
  const lines = await Promise.all(Array.from({ length: load.connections }, () => openLine(load.port, load.expected)))
  const idle = [...lines]
  const waiting: number[] = []
  const times: number[] = []
  let wrong = 0
  let firstWrong = ""
  let due = performance.now() + 50
  const began = due
  const end = began + load.seconds * 1000
  const running = new Set<Promise<void>>()
  const send = (at: number): void => {
    const line = idle.pop()
    if (line === undefined) {
      waiting.push(at)
      return
    }
    const ask = load.next()
    const work = line.ask(ask).then((said) => {
      if (said !== null && wrong++ === 0) firstWrong = `${ask.target}: ${said}`
      times.push(performance.now() - at)
      idle.push(line)
      running.delete(work)
      const first = waiting.shift()
      if (first !== undefined) send(first)
    })
    running.add(work)
  }
  // Timers are too coarse for milliseconds, so the loop spins without sleeping.
  while (due < end) {
    if (performance.now() >= due) {
      send(due)
      due += 1000 / load.rate
    } else await new Promise(setImmediate)
  }
  while (running.size > 0 || waiting.length > 0) await Promise.race(running)
  for (const line of lines) line.close()
  return summarize(times, wrong, firstWrong, performance.now() - began)
}

function summarize(times: number[], wrong: number, firstWrong: string, ms: number): Measured {
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return {
    requests: times.length,
    perSecond: (1000 * times.length) / ms,
    p50: at(0.5),
    p99: at(0.99),
    wrong,
    firstWrong,
  }
}

interface Line {
  /** Sends a request and waits for the whole response. Null if it is as expected, else its status line and length. */
  ask(ask: Ask): Promise<string | null>
  close(): void
}

function openLine(port: number, expected: Expected): Promise<Line> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true })
    socket.once("error", reject)
    socket.once("connect", () => {
      socket.off("error", reject)
      resolve(createLine(socket, port, expected))
    })
  })
}

function createLine(socket: Socket, port: number, expected: Expected): Line {
  const start = `HTTP/1.1 ${expected.status} `
  const marker = expected.marker === undefined ? null : Buffer.from(expected.marker)
  let waiting: { done: (said: string | null) => void; fail: (error: Error) => void } | null = null
  let kept: Buffer | null = null
  let headEnd = -1
  let length = 0
  let right = true
  let said = ""
  let asked = ""
  const fail = (error: Error) => waiting?.fail(error)
  socket.on("error", fail)
  socket.on("close", () => fail(new Error(`the connection was closed before the response to ${asked}`)))
  socket.on("data", (chunk: Buffer) => {
    kept = kept === null ? chunk : Buffer.concat([kept, chunk])
    if (headEnd === -1) {
      headEnd = kept.indexOf("\r\n\r\n")
      if (headEnd === -1) return
      const head = kept.toString("latin1", 0, headEnd)
      length = readLength(head)
      right = head.startsWith(start) && (expected.head === undefined || head.includes(expected.head))
      if (!right) said = head
    }
    const whole = length === chunked ? endOfChunks(kept, headEnd) : headEnd + 4 + length
    if (kept.length < whole) return
    if (length === chunked) length = whole - headEnd
    if (right && (length < expected.length || (marker !== null && kept.indexOf(marker, headEnd) === -1))) {
      right = false
      said = `${length} bytes, not the right ones`
    }
    const { done } = waiting as NonNullable<typeof waiting>
    kept = kept.length > whole ? kept.subarray(whole) : null
    headEnd = -1
    waiting = null
    done(right ? null : said)
  })
  return {
    ask: ({ target, headers }) =>
      new Promise((done, failed) => {
        waiting = { done, fail: failed }
        asked = target
        let text = `GET ${target} HTTP/1.1\r\nHost: localhost:${port}\r\n`
        if (headers !== undefined) for (const name in headers) text += `${name}: ${headers[name]}\r\n`
        socket.write(`${text}\r\n`, "latin1")
      }),
    close: () => {
      waiting = null
      socket.removeAllListeners("close")
      socket.destroy()
    },
  }
}

/** Represents a chunked body, whose length is not known in advance. */
const chunked = -1

/** Where a chunked response ends, if it has ended. */
function endOfChunks(bytes: Buffer, from: number): number {
  const last = bytes.indexOf("\r\n0\r\n\r\n", from)
  return last === -1 ? Number.POSITIVE_INFINITY : last + "\r\n0\r\n\r\n".length
}

const lengthHeader = /\r\ncontent-length: (\d+)/i

function readLength(head: string): number {
  if (head.startsWith("HTTP/1.1 304")) return 0
  if (/\r\ntransfer-encoding: chunked/i.test(head)) return chunked
  const found = lengthHeader.exec(head)
  if (found === null) throw new Error(`a response without Content-Length:\n${head}`)
  return Number(found[1])
}
