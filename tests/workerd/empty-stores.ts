// Each test file starts with empty stores: files share a Worker, because starting one for each takes longer than most tests.
import { reset } from "cloudflare:test"
import { env as bindings } from "cloudflare:workers"

const env = bindings as unknown as Env
// `reset` passes over stores that this file has not used yet.
const databases = [env.CATALOGUE, env.PEOPLE].map((store) => store.prepare("SELECT 1").run())
const namespaces = [env.ARTICLES, env.MEMBERS_ARTICLES, env.MEDIA].map((store) => store.get("none"))
await Promise.all([...databases, ...namespaces])
await reset()
