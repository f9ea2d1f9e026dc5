// Ghost with SQLite and its default theme. Nothing caches its pages, so it renders each request.
import { type ChildProcess, spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { findPort } from "../../tests/whole/running-site.ts"
import { cpuOf, makeFolder } from "../site.ts"
import { install, type Peer, run, type Shared, writeFiles } from "./peer.ts"

const version = "6.65.0"
// Ghost pins its versions for pnpm. libsql has better-sqlite3's functions, and its binary is on npm.
const packages = { pnpm: "12.4.2", libsql: "0.5.29" }

/** Installs Ghost, starts it on a new database, and publishes the article through its Admin API. */
export async function startGhost(article: Shared): Promise<Peer> {
  const folder = installGhost()
  const state = makeFolder("ghost")
  const port = await findPort()
  cpSync(join(folder, "package/content"), join(state, "content"), { recursive: true })
  // Ghost reads its version and config from the folder in which it is started.
  const cwd = join(folder, "package")
  writeFiles(cwd, { "preload.cjs": composePreload(folder), "config.production.json": composeConfig(state, port) })
  const child = spawn(process.execPath, ["--require", join(cwd, "preload.cjs"), "index.js"], {
    cwd,
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
  })
  process.once("exit", () => child.kill("SIGKILL"))
  const stop = () => end(child)
  try {
    await waitFor(child, "Ghost booted")
    await publish(`http://localhost:${port}`, article)
  } catch (error) {
    await stop()
    throw error
  }
  return { port, path: "/article/", cpu: () => cpuOf([child.pid ?? 0]), stop }
}

/** Unpacks the package and installs it as a project, because its dependencies include archives at relative paths. */
function installGhost(): string {
  const folder = install("ghost", packages)
  const target = join(folder, "package")
  const done = join(folder, "ghost-installed")
  if (existsSync(done)) return folder
  rmSync(target, { recursive: true, force: true })
  run(folder, "npm", ["pack", `ghost@${version}`, "--silent"])
  run(folder, "tar", ["-xzf", `ghost-${version}.tgz`])
  const stores = [`--store-dir=${join(folder, "store")}`, `--config.cache-dir=${join(folder, "cache")}`]
  const options = ["--frozen-lockfile", "--prod", "--ignore-scripts", ...stores]
  run(target, process.execPath, [join(folder, "node_modules/pnpm/bin/pnpm.mjs"), "install", ...options])
  mkdirSync(done)
  return folder
}

/**
 * Replaces better-sqlite3 with libsql, and lets no connection leave the machine: Ghost calls a search engine on each
 * publish, and its maker on each start. These calls go to a closed port, as if there were no network.
 */
function composePreload(folder: string): string {
  return `const Module = require("node:module")
const { Socket } = require("node:net")
const resolve = Module._resolveFilename
Module._resolveFilename = function (name, ...rest) {
  const libsql = ${JSON.stringify(join(folder, "node_modules/libsql/index.js"))}
  return name === "better-sqlite3" ? libsql : resolve.call(this, name, ...rest)
}
const connect = Socket.prototype.connect
Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args
  const here = ["localhost", "127.0.0.1"].includes(options?.host ?? "localhost")
  return here ? connect.apply(this, args) : connect.call(this, { host: "127.0.0.1", port: 9 })
}
`
}

function composeConfig(state: string, port: number): object {
  return {
    url: `http://localhost:${port}`,
    server: { host: "127.0.0.1", port },
    database: { client: "better-sqlite3", connection: { filename: join(state, "ghost.db") } },
    paths: { contentPath: join(state, "content") },
    mail: { transport: "Direct", from: "bench@localhost" },
    logging: { level: "info", transports: ["stdout"] },
    privacy: { useUpdateCheck: false, useGravatar: false, useRpcPing: false },
    security: { staffDeviceVerification: false },
    explore: { update_url: "" },
  }
}

async function publish(origin: string, { title, html, summary, topics, others }: Shared): Promise<void> {
  const owner = { email: "bench@example.org", password: randomBytes(12).toString("hex") }
  const call = async (path: string, body: object, cookie = ""): Promise<Response> => {
    const response = await fetch(`${origin}/ghost/api/admin/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: origin, Cookie: cookie },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${(await response.text()).slice(0, 500)}`)
    return response
  }
  await call("authentication/setup/", { setup: [{ name: "Bench", blogTitle: "A newspaper", ...owner }] })
  const session = await call("session/", { username: owner.email, password: owner.password })
  const cookie = session.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ")
  // Ghost responds before the session is stored.
  for (let attempt = 0; attempt < 100; attempt++) {
    const { ok } = await fetch(`${origin}/ghost/api/admin/users/me/`, { headers: { Cookie: cookie, Origin: origin } })
    if (ok) break
    await wait(100)
  }
  const more = others.map(({ title, summary, slug }) => ({ title, summary, slug }))
  for (const one of [{ title, html, summary, slug: "article" }, ...more]) {
    const post = {
      html: `<p>${one.summary}</p>`,
      ...one,
      custom_excerpt: one.summary,
      tags: topics,
      status: "published",
    }
    await call("posts/?source=html", { posts: [post] }, cookie)
  }
}

function waitFor(child: ChildProcess, word: string): Promise<void> {
  return new Promise((done, fail) => {
    let text = ""
    const give = (error?: Error) => {
      clearTimeout(timer)
      if (error === undefined) done()
      else fail(error)
    }
    const late = () => give(new Error(`it did not say “${word}” in two minutes:\n${text.slice(-2000)}`))
    const timer = setTimeout(late, 120_000)
    const hear = (chunk: Buffer) => {
      // Later output is discarded, so that the pipe never fills up.
      text = (text + chunk).slice(-20_000)
      if (text.includes(word)) give()
    }
    child.stdout?.on("data", hear)
    child.stderr?.on("data", hear)
    child.once("exit", () => give(new Error(`it ended:\n${text.slice(-2000)}`)))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((done) => child.once("exit", done))
  // On SIGTERM, Ghost would wait up to a minute for open connections, and its database is deleted anyway.
  child.kill("SIGKILL")
  await ended
}
