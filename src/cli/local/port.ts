// Is a port free? Asked before anything is started, so that the answer is a sentence.
import { createServer } from "node:net"
import { CLIError } from "../failure.ts"

/** @throws CLIError when something listens there, or may not */
export function checkPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "is in use" : `cannot be opened (${error.code})`
      reject(new CLIError(`port ${port} ${why}: stop what is running there, or name another with --port N`, 2))
    })
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve()))
  })
}
