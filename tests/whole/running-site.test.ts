import { once } from "node:events"
import { createServer } from "node:net"
import { expect, it } from "vitest"
import { findPort } from "./running-site.ts"

it("a free port is found once only, and a server can listen on it", async () => {
  const ports: number[] = []
  // Linux chooses among 7,058 ports, so that without a reservation some of 300 would be the same.
  while (ports.length < 300) ports.push(await findPort())
  expect(new Set(ports).size).toBe(ports.length)
  const servers = ports.map((port) => createServer().listen(port, "127.0.0.1"))
  await Promise.all(servers.map((server) => once(server, "listening")))
  for (const server of servers) server.close()
})
