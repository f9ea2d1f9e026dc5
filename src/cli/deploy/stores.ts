// Names, finds and creates the stores of a deployed Worker, and refuses to bind the wrong ones.
import { resolve } from "node:path"
import type { Unstable_RawConfig as RawConfig } from "wrangler"
import { CLIError } from "../output.ts"
import type { CloudflareAPI } from "./cloudflare.ts"

type Kind = "kv_namespace" | "d1" | "queue"

export interface Store {
  readonly kind: Kind
  readonly binding: string
  readonly name: string
  /** The id in wrangler.toml, if the operator set one. */
  readonly given: string | undefined
}

/** What the API reports about a deployed Worker. */
export interface Settings {
  readonly bindings: readonly (Readonly<Record<string, string>> & { readonly type: string; readonly name: string })[]
}

/** How the API lists and creates each kind, and which field of a Worker's binding is the store's id. */
const kinds = {
  kv_namespace: {
    thing: "KV namespace",
    path: "/storage/kv/namespaces",
    id: "id",
    name: "title",
    bound: ["namespace_id"],
  },
  d1: { thing: "D1 database", path: "/d1/database", id: "uuid", name: "name", bound: ["database_id", "id"] },
  queue: { thing: "queue", path: "/queues", id: "queue_name", name: "queue_name", bound: ["queue_name"] },
} as const satisfies Record<Kind, unknown>

const kebab = (binding: string) => binding.toLowerCase().replaceAll("_", "-")

/** The stores of the Worker `worker`, named after it as wrangler would, so that two publications never share one. */
export function listStores(raw: RawConfig, worker: string): Store[] {
  // Ids in wrangler.toml are those of production.
  const own = worker === raw.name
  const store = (kind: Kind, binding = "", given?: string): Store => ({
    kind,
    binding,
    name: `${worker}-${kebab(binding)}`,
    given: own ? given : undefined,
  })
  return [
    ...(raw.kv_namespaces ?? []).map(({ binding, id }) => store("kv_namespace", binding, id)),
    ...(raw.d1_databases ?? []).map(({ binding, database_id }) => store("d1", binding, database_id)),
    ...(raw.queues?.producers ?? []).map(({ binding }) => store("queue", binding)),
  ]
}

/**
 * The ids of all stores, by binding. Creates missing ones, but only if none is refused.
 * @throws CLIError if the Worker is bound to other stores, or is not a Dateline site
 */
export async function prepareStores(
  { call, list }: Pick<CloudflareAPI, "call" | "list">,
  stores: readonly Store[],
  worker: string,
  settings: Settings | null,
  created: (what: string) => void,
): Promise<Map<string, string>> {
  refuseStranger(stores, worker, settings)
  const ids = new Map<string, string>()
  const missing: Store[] = []
  const refused: string[] = []
  for (const kind of Object.keys(kinds) as Kind[]) {
    const { path, id } = kinds[kind]
    const existing = await list(path, id)
    for (const store of stores.filter((one) => one.kind === kind)) {
      const found = chooseStore(store, existing, worker, settings)
      if ("refused" in found) refused.push(found.refused)
      else if (found.id === undefined) missing.push(store)
      else ids.set(store.binding, found.id)
    }
  }
  if (refused.length > 0)
    throw new CLIError(
      `Nothing was changed.\n${refused.join("\n")}\nSee "When a store is refused" in docs/deploy.md`,
      1,
    )
  for (const { kind, binding, name } of missing) {
    const { thing, path, id, name: field } = kinds[kind]
    const made = (await call("POST", path, { [field]: name })) as Record<string, string>
    ids.set(binding, made[id] ?? "")
    created(`Created the ${thing} ${name}`)
  }
  return ids
}

/** Refuses a Worker of this name that has none of our stores or secrets: it is not a Dateline site. */
function refuseStranger(stores: readonly Store[], worker: string, settings: Settings | null): void {
  if (settings === null) return
  const known = new Set([...stores.map(({ binding }) => binding), "DESK_KEY", "SESSION_KEYS"])
  if (settings.bindings.some(({ name }) => known.has(name))) return
  throw new CLIError(`The Worker ${worker} is not a Dateline site. Choose another \`name\` in wrangler.toml`, 1)
}

/** The store to bind: by its id in wrangler.toml, or else by its name. Refused if the Worker is bound to another. */
function chooseStore(
  { kind, binding, name, given }: Store,
  existing: readonly Record<string, string>[],
  worker: string,
  settings: Settings | null,
): { readonly id: string | undefined } | { readonly refused: string } {
  const { thing, id, name: field, bound } = kinds[kind]
  const find = (value: string | undefined) => existing.find((one) => one[id] === value)
  const chosen = given === undefined ? existing.find((one) => one[field] === name) : find(given)
  if (given !== undefined && chosen === undefined)
    return { refused: `${binding}: wrangler.toml gives the id ${given}, but the account has no such ${thing}` }
  const currently = settings?.bindings.find((one) => one.type === kind && one.name === binding)
  const current = bound.map((key) => currently?.[key]).find((value) => value !== undefined)
  if (current === undefined || current === chosen?.[id]) return { id: chosen?.[id] }
  const other = find(current)?.[field]
  return {
    refused:
      other === undefined
        ? `${binding}: the Worker ${worker} is bound to the ${thing} ${current}, which no longer exists`
        : `${binding}: the Worker ${worker} is bound to the ${thing} ${other} (${current}), not to ${chosen?.[field] ?? name}`,
  }
}

type Deployment = Record<"root" | "worker" | "account" | "origin", string> & {
  readonly ids: ReadonlyMap<string, string>
}

/** The config for wrangler: wrangler.toml with this Worker's name, the stores' ids and ORIGIN, and absolute paths. */
export function composeConfig(raw: RawConfig, { root, worker, account, ids, origin }: Deployment): RawConfig {
  const { build: _, kv_namespaces = [], d1_databases = [], queues = {}, route, routes, ...rest } = raw
  const full = (path = ".") => resolve(root, path)
  const idOf = (binding = "") => ids.get(binding) ?? ""
  const nameOf = new Map(queues.producers?.map(({ binding, queue = "" }) => [queue, idOf(binding)]))
  // A domain serves one Worker: production's.
  const domains = worker === raw.name ? { ...(route && { route }), ...(routes && { routes }) } : {}
  return {
    ...rest,
    ...domains,
    name: worker,
    account_id: account,
    main: full(raw.main),
    base_dir: full(raw.base_dir),
    assets: { ...raw.assets, directory: full(raw.assets?.directory) },
    vars: { ...raw.vars, ORIGIN: origin },
    kv_namespaces: kv_namespaces.map(({ binding }) => ({ binding, id: idOf(binding) })),
    d1_databases: d1_databases.map(({ binding, migrations_dir }) => ({
      binding,
      database_name: `${worker}-${kebab(binding)}`,
      database_id: idOf(binding),
      migrations_dir: full(migrations_dir),
    })),
    queues: {
      producers: queues.producers?.map(({ binding }) => ({ binding, queue: idOf(binding) })),
      consumers: queues.consumers?.map(({ queue, dead_letter_queue, ...consumer }) => ({
        ...consumer,
        queue: nameOf.get(queue) ?? queue,
        ...(dead_letter_queue && { dead_letter_queue: nameOf.get(dead_letter_queue) ?? dead_letter_queue }),
      })),
    },
  }
}
