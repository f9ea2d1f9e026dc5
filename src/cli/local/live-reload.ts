// Tells open browsers that something was published: server-sent events on a port of their own.
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export interface LiveReload {
  readonly address: string
  reload(): void
  stop(): void
}

/** Opens the event stream on a free port of the loopback interface. */
export async function openLiveReload(): Promise<LiveReload> {
  const open = new Set<ServerResponse>()
  const server = createServer((request, response) => {
    const origin = request.headers.origin ?? ""
    const allowed = /^http:\/\/localhost:\d+$/.test(origin) ? { "Access-Control-Allow-Origin": origin } : {}
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store", ...allowed })
    response.write(": open\n\n")
    open.add(response)
    response.on("close", () => open.delete(response))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://localhost:${port}/`,
    reload() {
      for (const response of open) response.write("data: reload\n\n")
    },
    stop() {
      for (const response of open) response.destroy()
      server.close()
    },
  }
}
