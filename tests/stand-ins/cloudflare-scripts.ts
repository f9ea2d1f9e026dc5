// The part of the stand-in of Cloudflare's API that takes uploads: Workers with their versions, secrets and static files.
import { createHash, randomUUID } from "node:crypto"

export interface Binding {
  readonly type: string
  readonly name: string
  readonly [field: string]: unknown
}

export interface Version {
  readonly id: string
  readonly bindings: readonly Binding[]
  readonly modules: ReadonlyMap<string, string>
  readonly compatibilityDate: string
  /** Contents by path. */
  readonly assets: ReadonlyMap<string, Buffer>
}

export interface Script {
  readonly versions: Version[]
  /** The version that serves; undefined until one is deployed. */
  serving: Version | undefined
  crons: string[]
  readonly subdomain: { enabled: boolean; previews_enabled: boolean }
}

/** What the API answers with an error. */
export class Refusal extends Error {
  readonly status: number
  readonly code: number
  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly match: RegExpExecArray
  /** The token of the request. */
  readonly given: string
  readonly json: () => Promise<Record<string, unknown>>
  readonly form: () => Promise<FormData>
}

export type Route = readonly [method: string, path: RegExp, answer: (asked: Asked) => unknown]

/** What belongs to the whole account. */
interface Account {
  readonly kv: ReadonlyMap<string, unknown>
  readonly d1: ReadonlyMap<string, unknown>
  readonly queues: ReadonlyMap<string, { readonly queue_name: string }>
  readonly scripts: Map<string, Script>
  /** Manifests by the token of the upload. */
  readonly sessions: Map<string, Record<string, { hash: string }>>
  readonly edge: { change(): Promise<unknown> }
}

export function handleScripts({ kv, d1, queues, scripts, sessions, edge }: Account): readonly Route[] {
  const files = new Map<string, Buffer>()

  const scriptOf = ({ match }: Asked): Script => {
    const script = scripts.get(match[1] ?? "")
    if (script === undefined) throw new Refusal(404, 10_007, "This Worker does not exist on your account.")
    return script
  }

  /** Reads an upload as the API does: stores must exist, bindings may be inherited, secrets that are not sent stay. */
  async function readVersion(form: FormData, script: Script): Promise<Version> {
    const metadata = JSON.parse(String(form.get("metadata"))) as {
      compatibility_date: string
      bindings: Binding[]
      keep_bindings?: string[]
      assets?: { jwt: string; config?: { _headers?: string } }
    }
    for (const binding of metadata.bindings) {
      const exists = {
        kv_namespace: () => kv.has(String(binding.namespace_id)),
        d1: () => d1.has(String(binding.id)),
        queue: () => [...queues.values()].some(({ queue_name }) => queue_name === binding.queue_name),
      }[binding.type]
      if (exists?.() === false)
        throw new Refusal(400, 10_021, `binding ${binding.name} of type ${binding.type} must have a valid id specified`)
    }
    const before = script.serving?.bindings ?? []
    const sent = metadata.bindings.map((one) => {
      const inherited = before.find(({ name }) => name === one.name)
      if (one.type === "inherit" && inherited === undefined)
        throw new Refusal(400, 10_057, `nothing to inherit: ${one.name}`)
      return one.type === "inherit" ? (inherited as Binding) : one
    })
    const names = new Set(sent.map(({ name }) => name))
    const kept = before.filter(({ name, type }) => metadata.keep_bindings?.includes(type) && !names.has(name))
    const modules = new Map<string, string>()
    for (const [name, part] of form) if (typeof part !== "string") modules.set(name, await part.text())
    const manifest = sessions.get(metadata.assets?.jwt ?? "") ?? {}
    const assets = Object.entries(manifest).map(
      ([path, { hash }]) => [path, files.get(hash) ?? Buffer.alloc(0)] as const,
    )
    return {
      id: randomUUID(),
      bindings: [...sent, ...kept],
      modules,
      compatibilityDate: metadata.compatibility_date,
      assets: new Map([...assets, ["_headers", Buffer.from(metadata.assets?.config?._headers ?? "")]]),
    }
  }

  return [
    [
      "GET",
      /^\/workers\/services\/([\w-]+)$/,
      (asked) => {
        scriptOf(asked)
        return {
          default_environment: {
            environment: "production",
            script: { tag: "t", tags: [], last_deployed_from: "wrangler" },
          },
        }
      },
    ],
    [
      "GET",
      /^\/workers\/workers\/([\w-]+)$/,
      (asked) => ({ name: asked.match[1], subdomain: scriptOf(asked).subdomain }),
    ],

    [
      "GET",
      /^\/workers\/scripts\/([\w-]+)\/settings$/,
      (asked) => ({
        // Values of secrets are never given away.
        bindings: scriptOf(asked).serving?.bindings.map(({ text, ...binding }) =>
          binding.type === "secret_text" ? binding : { ...binding, ...(text !== undefined && { text }) },
        ),
      }),
    ],
    [
      "GET",
      /^\/workers\/scripts\/([\w-]+)\/secrets$/,
      (asked) =>
        scriptOf(asked).serving?.bindings.flatMap(({ type, name }) => (type === "secret_text" ? [{ name, type }] : [])),
    ],
    [
      "GET",
      /^\/workers\/scripts\/([\w-]+)\/deployments$/,
      (asked) => ({
        deployments: [{ id: "d", versions: [{ version_id: scriptOf(asked).serving?.id, percentage: 100 }] }],
      }),
    ],
    [
      "POST",
      /^\/workers\/scripts\/([\w-]+)\/assets-upload-session$/,
      async ({ json }) => {
        const { manifest } = (await json()) as { manifest: Record<string, { hash: string }> }
        const jwt = createToken()
        sessions.set(jwt, manifest)
        const missing = new Set(Object.values(manifest).flatMap(({ hash }) => (files.has(hash) ? [] : [hash])))
        return { jwt, buckets: missing.size === 0 ? [] : [[...missing]] }
      },
    ],
    [
      "POST",
      /^\/workers\/assets\/upload$/,
      async ({ form, given }) => {
        for (const [hash, part] of await form()) files.set(hash, Buffer.from(await (part as File).text(), "base64"))
        return { jwt: given }
      },
    ],
    [
      "PUT",
      /^\/workers\/scripts\/([\w-]+)$/,
      async (asked) => {
        const name = asked.match[1] ?? ""
        const script = scripts.get(name) ?? {
          versions: [],
          serving: undefined,
          crons: [],
          subdomain: { enabled: false, previews_enabled: false },
        }
        const version = await readVersion(await asked.form(), script)
        scripts.set(name, script)
        script.versions.push(version)
        script.serving = version
        await edge.change()
        return { id: name, etag: "e", deployment_id: version.id.replaceAll("-", ""), startup_time_ms: 1 }
      },
    ],
    [
      "POST",
      /^\/workers\/scripts\/([\w-]+)\/versions$/,
      async (asked) => {
        const script = scriptOf(asked)
        const version = await readVersion(await asked.form(), script)
        script.versions.push(version)
        return { id: version.id, startup_time_ms: 1, resources: { script: { etag: "e" } } }
      },
    ],
    [
      "POST",
      /^\/workers\/scripts\/([\w-]+)\/deployments$/,
      async (asked) => {
        const script = scriptOf(asked)
        const { versions } = (await asked.json()) as { versions: { version_id: string }[] }
        script.serving = script.versions.find(({ id }) => id === versions[0]?.version_id)
        await edge.change()
        return { id: randomUUID() }
      },
    ],
    [
      "PATCH",
      /^\/workers\/scripts\/([\w-]+)\/script-settings$/,
      (asked) => ({ name: scriptOf(asked) && asked.match[1] }),
    ],
    [
      "POST",
      /^\/workers\/scripts\/([\w-]+)\/subdomain$/,
      async (asked) => Object.assign(scriptOf(asked).subdomain, { enabled: (await asked.json()).enabled }),
    ],
    [
      "PUT",
      /^\/workers\/scripts\/([\w-]+)\/schedules$/,
      async (asked) => {
        scriptOf(asked).crons = ((await asked.json()) as unknown as { cron: string }[]).map(({ cron }) => cron)
        return { schedules: [] }
      },
    ],
  ]
}

/** wrangler reads the time of expiry out of it. */
function createToken(): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
  const claims = { exp: Math.floor(Date.now() / 1000) + 3600, jti: randomUUID() }
  return `${encode({ alg: "none" })}.${encode(claims)}.${createHash("sha256").update(claims.jti).digest("base64url")}`
}
