// Each test file starts with empty stores: files share a Worker, because starting one for each takes longer than most tests.
import { reset } from "cloudflare:test"

await reset()
