// Runs comparison Workers on workerd itself: none of our code, no logs, no internet.
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions } from "miniflare"

/** A Worker given as modules, the first of which is its entry. */
interface Bare extends Omit<V4WorkerOptions, "modules" | "script" | "scriptPath" | "modulesRoot"> {
  readonly name: string
  readonly modules: readonly { readonly path: string; readonly contents: string }[]
  /** Where it answers on 127.0.0.1, without Miniflare's proxy in front of it, like our site. */
  readonly port?: number
}

/** Starts Workers and waits until they are ready. @param stores the folder of their KV and D1; if omitted, they are in memory */
export async function startWorkers(workers: readonly Bare[], stores?: string): Promise<Miniflare> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      telemetry: { enabled: false },
      ...(stores === undefined ? {} : { resourcePersistencePath: stores }),
      workers: workers.map(({ port, modules, ...worker }) => ({
        compatibilityDate: "2026-10-30",
        ...worker,
        modules: modules.map((module) => ({ type: "ESModule" as const, ...module })),
        ...(port === undefined ? {} : { unsafeDirectSockets: [{ host: "127.0.0.1", port }] }),
      })),
    }),
  )
  await miniflare.ready
  return miniflare
}
