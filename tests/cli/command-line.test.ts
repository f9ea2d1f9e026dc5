// The command line as a process: exit codes, stdout and stderr, and never a key in either.
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import type { Duplex } from "node:stream"
import { text } from "node:stream/consumers"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = resolve(import.meta.dirname, "../..")
const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env
const inherited = { PATH, NODE_COMPILE_CACHE }
let content: string

beforeAll(() => {
  content = mkdtempSync(join(tmpdir(), "dateline-line-"))
})

afterAll(() => rmSync(content, { recursive: true }))

function run(args: readonly string[], env: Record<string, string> = {}, before: readonly string[] = []) {
  const [program = "", ...all] = [...before, process.execPath, join(root, "src/cli/main.ts"), ...args]
  const { status, stdout, stderr } = spawnSync(program, all, {
    cwd: content,
    encoding: "utf8",
    env: { ...inherited, ...env },
  })
  return { code: status, out: stdout, err: stderr }
}

describe("a wrong command", () => {
  it.each([
    [["publsh"], "Unknown command `publsh`. Did you mean `publish`?\nSee `npx dateline --help`."],
    [["help", "publsh"], "Unknown command `publsh`. Did you mean `publish`?\nSee `npx dateline --help`."],
    [["publsh", "--help"], "Unknown command `publsh`. Did you mean `publish`?\nSee `npx dateline --help`."],
    [
      ["publish", "--dryrun"],
      "Unknown option `--dryrun`. Did you mean `--dry-run`?\nSee `npx dateline publish --help`.",
    ],
    [["members", "grnt"], "Unknown command `grnt`. Did you mean `grant`?\nSee `npx dateline members --help`."],
    [["help", "members", "grnt"], "Unknown command `grnt`. Did you mean `grant`?\nSee `npx dateline members --help`."],
    [["members", "grnt", "--help"], "Unknown command `grnt`. Did you mean `grant`?"],
    [["grant", "nena@example.org"], "Unknown command `grant`. Did you mean `members grant`?"],
    [["publish", "--message"], "`--message` needs a value"],
    [["log"], "Missing argument `path`"],
    [["log", "/asia/a", "/asia/b"], "Unexpected argument `/asia/b`"],
    [["unpublish", "/asia/a"], "--reason"],
    [["move", "/asia/a", "/asia/nepl/a"], "is not a valid address for an article. Did you mean /asia/nepal/a?"],
    [["rollback", "/asia/a", "one"], "is not a revision number"],
    [["list", "--url", "ftp://there"], "is not a valid site address"],
    [["check", "--content", "./nowhere"], "is not a folder. Go to the project's folder, or use --content DIR"],
    [["check", "--content", ""], "The value of --content is empty. Is a variable unset?"],
    [["check", "", "--content", "."], "A path is empty"],
    [["list", "--json=1"], "`--json` takes no value"],
    [["rollback", ""], "A path is empty. Is a variable unset?"],
    [["new", "atlantis", "A title"], "is not a region or country"],
    [["new", "fr/africa/tajikstan", "A title"], "Did you mean `fr/asia/tajikistan`?"],
    [["new", "asia/burma", "A title"], "Did you mean `asia/myanmar`?"],
    [["new", "fr/europe/allemagne", "A title"], "Did you mean `fr/europe/germany`?"],
    [["new", "USA", "A title"], "Did you mean `americas/united-states`?"],
    [["new", "", "A title"], "`` is not a region or country"],
    [["new", "asia/nepal/sub", "A title"], "Did you mean `asia/nepal`?"],
    [["new", "digest", "tomorrow", "--content", "."], "does not end with the date of an edition"],
    [["new", "digest", "2026-02-30", "--content", "."], "name it after the date of the edition"],
    [
      ["new", "digest", "2026-11-28", "--content", "."],
      "is on a weekend, when no digest is sent — choose another date",
    ],
    [["new", "asia", "Tajikistan"], "/asia/tajikistan is already the address of another page. Choose another title"],
    [["new", "africa", "Japan"], "/africa/japan is already the address of another page. Choose another title"],
    [["new", "asia", "long ".repeat(50)], "title: "],
    [["new", "asia", "Two\nlines"], "title: "],
    [["new", "asia", "A\u007fsign"], "title: "],
  ])("%j exits with 2 and says what is wrong, only on stderr", (args, said) => {
    const { code, out, err } = run(
      ["log", "rollback", "unpublish"].includes(args[0] ?? "") ? [...args, "--content", "."] : args,
    )
    expect(err).toContain(said)
    expect([code, out]).toEqual([2, ""])
  })
})

it.each([
  ["members", "--json", "--help"],
  ["members", "--json", "grant", "--help"],
])("options before --help do not hide the help: %s %s %s %s", (...args) => {
  const { code, out } = run(args)
  expect([code, out]).toEqual([0, expect.stringContaining("Usage: npx dateline members")])
})

it.each([
  ["start", "--state", ""],
  ["start", "--content", " "],
  ["serve", "--state", ""],
])("%s %s %j is refused: an unset variable would mean the current folder", (script, flag, value) => {
  const args = [join(root, `src/cli/local/${script}.ts`), flag, value]
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: content, encoding: "utf8", env: inherited })
  expect([status, stderr]).toEqual([2, `The value of ${flag} is empty. Is a variable unset?\n`])
})

it.each([
  [["--port", "abc"], 2, "--port must be a number from 1 to 65535\n"],
  [["--port"], 2, "--port must be a number from 1 to 65535\n"],
  [["--persist-to", "/dev/null", "--help"], 0, ""],
])("npm run dev %j starts nothing", (args, code, said) => {
  const all = [join(root, "src/cli/local/dev.ts"), ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, all, {
    cwd: content,
    encoding: "utf8",
    env: inherited,
  })
  expect([status, stderr, stdout.includes("--persist-to")]).toEqual([code, said, code === 0])
})

it("NO_COLOR turns colours off even if FORCE_COLOR is set, as CI services do", () => {
  const check = (env: Record<string, string>) =>
    spawnSync(process.execPath, [join(root, "bin/dateline.mjs"), "check", "--content", content], {
      encoding: "utf8",
      env: { ...inherited, FORCE_COLOR: "1", ...env },
    })
  const summary = "0 articles, no mistakes"
  expect(check({}).stdout).toContain(`\u001b[32m${summary}`)
  expect(check({ NO_COLOR: "1" })).toMatchObject({ status: 0, stdout: `${summary}\n`, stderr: "" })
})

describe("keys", () => {
  const key = "canary-key-of-an-editor"

  it("are requested if missing, and never printed", () => {
    expect(run(["list", "--url", "https://example.org"])).toMatchObject({ code: 4, out: "" })
    const { code, out, err } = run(["list", "--url", "http://localhost:1"], { DATELINE_KEY: "very canary key é" })
    expect(code).toBe(4)
    expect(out + err).not.toContain("canary")
    // Docker's --env-file keeps quotes.
    expect(run(["list"], { DATELINE_KEY: `"${key}"` }).err).toContain("or contains quotes")
  })

  // No address here leads anywhere: commands that are not refused will fail, and must not print the secret either.
  it.each([
    ["list", "--url", "https://canary:canary@localhost:1"],
    ["list", "--json", "--url", "http://canary@127.0.0.1:1"],
    ["list", "--url", "canary:canary@localhost"],
    ["list", "--url=https://canary:canary@localhost:1", "--nonsense"],
    ["list", "--ulr=https://canary:canary@localhost:1"],
    ["list", "--url", "https://canary:canary@localhost:1", "--help"],
    ["publish", "--key=canary", "--content", "."],
    ["publish", "--key", "canary", "--content", "."],
    ["publish", "--key=it's-canary", "--content", "."],
    ["list", "https://canary:canary@localhost:1"],
    ["https://canary:canary@localhost:1"],
    ["--url=https://canary:canary@localhost:1", "list"],
    ["-kcanary", "list"],
    ["list", "-kcanary"],
    ["members", "grant", "nena@example.org", "key=canary"],
  ])("dateline %s %s %s … prints no secret", (...args) => {
    const { code, out, err } = run(args, { DATELINE_KEY: key })
    expect(out + err).not.toContain("canary")
    expect(code).toBe(args.includes("--help") ? 0 : 2)
  })

  it("and addresses from the environment are not printed", () => {
    const env = { DATELINE_KEY: key, DATELINE_URL: "https://canary:canary@localhost:1" }
    for (const args of [["list"], ["publish", "--content", ".", "--json"], ["status", "--help"], ["help"]]) {
      const { out, err } = run(args, env)
      expect(out + err).not.toContain("canary")
    }
  })

  it("are not sent over http to another machine", () => {
    const { code, out, err } = run(["list", "--url", "http://site.invalid"], { DATELINE_KEY: key })
    expect([code, out]).toEqual([2, ""])
    expect(err).toBe("The editor's key was not sent to http://site.invalid, because http is not encrypted. Use https\n")
  })

  it.each(["http", "another port", "https", "own"])("do not follow a redirect: %s", async (kind) => {
    const asked: (string | undefined)[] = []
    const other = await serve((request, response) => {
      asked.push(request.headers.authorization)
      response.end("{}")
    })
    const places: Record<string, string> = {
      http: "http://site.invalid/canary?canary",
      "another port": `${other.url}/canary`,
      https: "https://canary:canary@localhost:1/canary",
      own: "/canary",
    }
    for (const status of [301, 302, 303, 307, 308]) {
      const site = await serve((_, response) => {
        response.writeHead(status, { Location: places[kind] }).end()
      })
      const { code, out, err } = await runAside(["list", "--url", site.url], { DATELINE_KEY: key })
      expect([code, out]).toEqual([4, ""])
      expect(err).toMatch(
        /^http:\S+ redirects to https?:\S+, but the editor's key is only sent to the address in --url\. .*\n$/,
      )
      expect(err).not.toContain("canary")
      await site.stop()
    }
    expect(asked).toEqual([])
    await other.stop()
  })

  it("for this machine bypass the proxy", async () => {
    const seen: string[] = []
    const proxy = await serve((request, response) => {
      seen.push(request.url ?? "")
      response.end("{}")
    })
    proxy.server.on("connect", (request, socket) => {
      seen.push(request.url ?? "")
      socket.end()
    })
    const site = await serve((request, response) => {
      expect(request.headers.authorization).toBe(`Bearer ${key}`)
      response.end('{"articles":[],"next":null}')
    })
    const env = { DATELINE_KEY: key, NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy.url, http_proxy: proxy.url }
    expect(await runAside(["list", "--url", site.url], env)).toMatchObject({ code: 0, err: "" })
    expect(seen).toEqual([])
    await proxy.stop()
    await site.stop()
  })
})

it("a proxy that accepts a connection and never answers does not keep a command running", async () => {
  const proxy = await serve(() => undefined)
  // Once it asks for a tunnel, the connection is no longer the server's to close.
  const tunnels: Duplex[] = []
  proxy.server.on("connect", (_, socket) => void tunnels.push(socket))
  const patch = "const limit = AbortSignal.timeout; AbortSignal.timeout = () => limit(300)"
  const { code, out, err } = await runAside(["list", "--url", "https://newsroom.invalid"], {
    DATELINE_KEY: "test-key-of-desk",
    HTTPS_PROXY: proxy.url,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(patch)}`,
  })
  for (const tunnel of tunnels) tunnel.destroy()
  expect([code, out]).toEqual([4, ""])
  expect(err).toBe("https://newsroom.invalid did not respond in time. It is safe to run the command again\n")
  await proxy.stop()
})

it("what a site says is shown on one line without control characters, and times in the site's time zone", async () => {
  const [winter, summer] = ["2026-11-20T08:00:00.000Z", "2026-06-30T22:30:00.000Z"]
  const revision = { revision: 2, action: "publish", digest: "d", who: "Ada", when: winter }
  const edition = { list: "digest", date: "2026-11-20", language: "en", since: summer, letter: null }
  const answers: Record<string, object> = {
    revisions: { revisions: [{ ...revision, message: "Two\r\n\n  lines\u2028\u202eof\u001b[31m \u001b]0;red\u0007" }] },
    previews: { previews: [{ path: "/asia/a", who: "Ada", expires: summer }] },
    preview: { ...edition, who: null, when: null },
    send: { editions: [{ ...edition, who: "cron", when: winter, outcome: "before" }], sender: "ses" },
  }
  const site = await serve(({ url = "" }, response) =>
    response.end(JSON.stringify(answers[/\w+(?=\?|$)/.exec(url)?.[0] ?? ""])),
  )
  const said = async (...args: string[]) => {
    const { out, err } = await runAside([...args, "--url", site.url], { DATELINE_KEY: "test-key-of-desk" })
    return (out + err).split("\n")[0]
  }
  expect(await said("log", "/asia/a")).toBe("r2    2026-11-20 09:00 CET  publish   Ada  Two lines of [31m ]0;red")
  expect(await said("preview")).toBe("/asia/a until 2026-07-01 00:30 CEST, by Ada")
  expect(await said("digest", "preview")).toContain("nothing has been published since 2026-07-01 00:30 CEST, and")
  expect(await said("digest", "send")).toMatch(/: it was planned 2026-11-20 09:00 CET by cron$/)
  expect(JSON.parse((await said("digest", "preview", "--json")) ?? "")).toMatchObject({
    date: "2026-11-20",
    since: "2026-07-01T00:30:00+02:00",
  })
  await site.stop()
})

it("a bug is one sentence, with exit code 2 because the content may be right; DEBUG=1 shows where it is", () => {
  const bug = "console.log = () => { throw new TypeError('Not a function') }"
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(bug)}` }
  const args = ["check", "--json", "--content", "."]
  expect(run(args, env)).toEqual({ code: 2, out: "", err: "Unexpected failure: Not a function\n" })
  expect(run(args, { ...env, DEBUG: "1" }).err).toMatch(/^Unexpected failure: TypeError: Not a function\n +at /)
})

async function serve(answer: RequestListener) {
  const server = createServer(answer)
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { server, url, stop: () => new Promise((done) => server.close(done)) }
}

/** Runs in parallel with this process, which answers its requests. */
async function runAside(args: readonly string[], env: Record<string, string>, limit = "true") {
  const all = [process.execPath, join(root, "src/cli/main.ts"), ...args]
  const child = spawn("sh", ["-c", `${limit}; exec "$@"`, "sh", ...all], {
    cwd: content,
    env: { ...inherited, ...env },
  })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")])
  return { code, out, err }
}

describe("dateline new and check", () => {
  it("`new` creates a valid file, and never overwrites one", () => {
    const args = ["new", "asia/nepal", 'A "quoted" title: été', "--content", "."]
    const { code, out } = run(args)
    expect([code, out.split("\n").at(-2)]).toEqual([
      0,
      "Next: write the summary and the text, remove `status: draft`, then run `npx dateline check` and `npx dateline publish`",
    ])
    const file = join(content, "asia/nepal/a-quoted-title-ete.md")
    expect(readFileSync(file, "utf8")).toContain("status: draft")
    expect(run(args)).toMatchObject({ code: 2 })
    expect(run(["check", "--content", "."])).toMatchObject({ code: 0, err: "" })
  })

  it("`new` creates a valid note for an edition of a newsletter", () => {
    const { code, out } = run(["new", "fr/headlines", "2026-11-23", "--content", "."])
    expect([code, out]).toEqual([
      0,
      expect.stringContaining("Its address will be /fr/newsletter/2026-11-23\nNext: write the text"),
    ])
    expect(readFileSync(join(content, "fr/headlines/2026-11-23.md"), "utf8")).toContain("status: draft")
    expect(run(["new", "fr/headlines", "2026-11-23", "--content", "."])).toMatchObject({ code: 2 })
    expect(run(["check", "fr/headlines", "--content", "."])).toMatchObject({ code: 0, err: "" })
  })

  it("`check` renders every article, and prints one JSON value with --json", () => {
    const folder = join(content, "many/asia/nepal")
    mkdirSync(folder, { recursive: true })
    for (const name of ["a", "b", "c", "d"])
      writeFileSync(join(folder, `${name}.md`), "---\ntitle: A\nsummary: B.\ndate: 2020-01-02\n---\n\nWords.\n")
    const { code, out } = run(["check", "--json", "--content", "many"])
    expect([code, out]).toEqual([0, '{"problems":[]}\n'])
  })

  it("`check` reports mistakes by file, line and column, but not links to faulty files, and exits with 1", () => {
    const folder = join(content, "wrong/asia/nepal")
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, "a.md"), "---\ntitle: A\nsummary: B.\ndate: 2020-01-02\n---\n\n[B](/asia/nepal/b)\n")
    writeFileSync(join(folder, "b.md"), "---\ntitle: A\nsumary: B.\ndate: 2020-01-02\n---\n\nWords.\n")
    const { code, err } = run(["check", "--content", "wrong"])
    expect(code).toBe(1)
    expect(err).toMatch(/^asia\/nepal\/b\.md:3:1 sumary: .* — /m)
    expect(err).not.toContain("a.md")
  })
})

describe("files without permission", () => {
  // Root may do everything, unless it gives up its capabilities.
  const plainly = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : []
  let folder: string
  const use = (...args: string[]) => run([...args, "--content", folder], {}, plainly)

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "dateline-locked-"))
    mkdirSync(join(folder, "asia/nepal/pictures"), { recursive: true })
    const write = (name: string, more: string) =>
      writeFileSync(join(folder, `asia/nepal/${name}.md`), `---\ntitle: A\nsummary: B\n${more}`)
    write("closed", "date: 2020-01-02\n---\n\nWords.\n")
    write("wrong", "date: never\n---\n\nWords.\n")
    write("shown", "date: 2020-01-02\n---\n\n![A](pictures/a.jpg) ![B](b.jpg)\n")
    writeFileSync(join(folder, "asia/nepal/b.jpg"), "")
    for (const name of ["closed.md", "b.jpg"]) chmodSync(join(folder, "asia/nepal", name), 0)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it("are mistakes of the articles and their pictures, beside the others", () => {
    const { code, err } = use("check")
    expect(err.split("\n").filter(Boolean)).toEqual([
      "asia/nepal/closed.md:1:1 file: cannot be read: permission denied — check its permissions",
      expect.stringMatching(/^asia\/nepal\/shown.md:7:6 .*there is no picture pictures\/a.jpg/),
      "asia/nepal/shown.md:7:27 body: the picture b.jpg cannot be read: permission denied — check its permissions",
      expect.stringMatching(/^asia\/nepal\/wrong.md:4:7 date: /),
    ])
    expect(code).toBe(1)
  })

  it("end a command with 2 and one sentence where they are folders, or it would write there", () => {
    const nepal = join(folder, "asia/nepal")
    chmodSync(nepal, 0o555)
    const made = use("new", "asia/nepal", "A new title")
    chmodSync(nepal, 0)
    const checked = use("check")
    chmodSync(nepal, 0o755)
    expect([made.code, made.err]).toEqual([2, `${nepal}/a-new-title.md cannot be opened: permission denied\n`])
    expect([checked.code, checked.err]).toEqual([2, `${nepal}/ cannot be opened: permission denied\n`])
  })

  it("leave nothing behind if they cannot be written, as on a full disk", () => {
    const node = `ulimit -f 0; exec "${process.execPath}" "${join(root, "bin/dateline.mjs")}" "$@"`
    const args = ["new", "asia/nepal", "A full disk", "--content", folder]
    const { status, stderr } = spawnSync("sh", ["-c", node, "sh", ...args], { encoding: "utf8" })
    expect([status, stderr]).toEqual([2, `${folder}/asia/nepal/a-full-disk.md cannot be written: file too large\n`])
    expect(existsSync(join(folder, "asia/nepal/a-full-disk.md"))).toBe(false)
  })

  it("leave nothing behind of an export of members either", async () => {
    const site = await serve((_, response) => response.end('{"members":[],"next":null}'))
    const file = join(folder, "members.json")
    const args = ["members", "export", file, "--url", site.url]
    const { code, err } = await runAside(args, { DATELINE_KEY: "test-key-of-desk" }, "ulimit -f 0")
    expect([code, err]).toEqual([2, `${file} cannot be written: file too large\n`])
    expect(existsSync(file)).toBe(false)
    await site.stop()
  })

  it("end a command with 2 and one sentence if its output cannot be written", () => {
    const list = `exec "${process.execPath}" "${join(root, "bin/dateline.mjs")}" --version > /dev/full`
    const { status, stderr } = spawnSync("sh", ["-c", list], { encoding: "utf8" })
    expect([status, stderr]).toEqual([2, "The output cannot be written: no space left on device\n"])
  })

  it("are not taken from the current folder if --content is empty", () => {
    const { code, err } = run(["check", "--content", ""])
    expect([code, err]).toEqual([2, "The value of --content is empty. Is a variable unset?\n"])
  })

  it("that cannot be are named in the same way", () => {
    symlinkSync("circle", join(folder, "circle"))
    const long = "a".repeat(300)
    expect(run(["check", "--content", join(folder, "circle")]).err).toBe(
      `${folder}/circle cannot be opened: too many symbolic links encountered\n`,
    )
    expect(run(["check", "--content", long])).toMatchObject({ code: 2, err: expect.stringContaining("too long") })
  })
})

describe("the launcher", () => {
  it("says what to do if nothing is installed, and exits with 2", () => {
    const bare = join(content, "bare")
    cpSync(join(root, "bin"), join(bare, "bin"), { recursive: true })
    const { status, stderr } = spawnSync(process.execPath, [join(bare, "bin/dateline.mjs")], { encoding: "utf8" })
    expect(status).toBe(2)
    expect(stderr).toContain("Run `npm start` or `npm ci`")
  })
})
