// A stand-in for Amazon SES v2 and SNS on loopback, over real HTTP. It checks each call as Amazon does: the SigV4
// signature, computed here from the specification and not by the library that signs, and the email's fields and sizes.
import { createHash, createHmac, randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createSns, listAuthorities, type Signing } from "./sns.ts"

/** The credentials, region and configuration set that the stand-in accepts. */
export const sesAccount = {
  accessKeyId: "AKIDSTANDIN",
  secretAccessKey: "stand-in/secret+access-key",
  region: "eu-central-1",
  configurationSet: "editions",
}

/**
 * What a call is answered: a status; `never`: the connection stays open and nothing is said; `cut`: it breaks off.
 * With 500, `never` and `cut` the email goes out all the same, as happens when only an answer is lost.
 */
export type Answer = 200 | 400 | 403 | 429 | 500 | 503 | "never" | "cut"

/** `next` is used up first, then what is set for the recipient, then `always`. */
export interface Answers {
  readonly always?: Answer
  readonly next?: readonly Answer[]
  readonly to?: Readonly<Record<string, Answer>>
}

/** An email of a call that passed all checks. Whether it goes out depends on the answer. */
export interface SentEmail {
  readonly id: string
  readonly answer: Answer
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
  readonly configurationSet: string | null
}

export interface SesStandIn {
  /** For `SES_API`. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts it on a free port. Tests talk to it below `/test/`:
 * PUT answers (`Answers`); GET or DELETE emails (`SentEmail[]`); GET refusals (why calls failed the checks);
 * POST sign (`Signing`: a signed SNS message); GET confirmations (tokens of confirmed subscriptions); GET authorities
 * (certificates that Node comes with).
 * It serves the certificates of SNS at `/SimpleNotificationService-NAME.pem`.
 */
export async function startSes(): Promise<SesStandIn> {
  let answers: Answers = {}
  let next: Answer[] = []
  const emails: SentEmail[] = []
  const refusals: string[] = []
  const confirmations: string[] = []
  const sns = createSns()

  function answerTest(method: string, what: string, body: string): unknown {
    if (what === "answers") {
      answers = JSON.parse(body) as Answers
      next = [...(answers.next ?? [])]
      return answers
    }
    if (what === "authorities") return listAuthorities()
    if (what === "sign") return sns.sign(JSON.parse(body) as Signing)
    const list = { emails, refusals, confirmations }[what]
    return method === "DELETE" ? list?.splice(0) : list
  }

  // An idle connection that is closed could be closed under a request.
  const server = createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost")
    const method = request.method ?? ""
    const body = await readBody(request)
    if (pathname.startsWith("/test/"))
      return send(response, 200, answerTest(method, pathname.slice(6), `${body}`) ?? null)
    const pem = sns.certificate(/^\/SimpleNotificationService-(\w+)\.pem$/.exec(pathname)?.[1] ?? "")
    if (pem !== null) return response.writeHead(200, { "Content-Type": "application/x-pem-file" }).end(pem)
    if (pathname === "/" && searchParams.get("Action") === "ConfirmSubscription") {
      confirmations.push(`${searchParams.get("TopicArn")} ${searchParams.get("Token")}`)
      return response.writeHead(200, { "Content-Type": "text/xml" }).end("<ConfirmSubscriptionResponse/>")
    }
    const wrong = explainSignature(request, body) ?? explainCall(method, pathname, request, body)
    if (wrong !== null) {
      refusals.push(wrong.message)
      return send(response, wrong.status, { message: wrong.message }, wrong.type)
    }
    const email = readEmail(body)
    const answer = next.shift() ?? answers.to?.[email.to] ?? answers.always ?? 200
    const id = `0107${randomUUID()}-000000`
    emails.push({ ...email, id, answer })
    if (answer === "cut") request.socket.destroy()
    else if (answer === 200) send(response, 200, { MessageId: id })
    else if (answer !== "never") send(response, answer, { message: `Refused ${email.to}` }, errorTypes[answer])
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const errorTypes = {
  400: "MessageRejected",
  403: "AccessDeniedException",
  429: "TooManyRequestsException",
  500: "InternalServiceErrorException",
  503: "ServiceUnavailableException",
}

function send(response: ServerResponse, status: number, value: unknown, type?: string): void {
  response.writeHead(status, { "Content-Type": "application/json", ...(type && { "x-amzn-ErrorType": type }) })
  response.end(JSON.stringify(value))
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

interface Refusal {
  readonly status: number
  readonly type: string
  readonly message: string
}

const forbid = (message: string): Refusal => ({ status: 403, type: "InvalidSignatureException", message })

/** What is wrong with the signature of a call, or null. */
function explainSignature(request: IncomingMessage, body: Buffer): Refusal | null {
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/
  const [, key, day = "", region = "", service = "", signed = "", signature] =
    given.exec(request.headers.authorization ?? "") ?? []
  if (key !== sesAccount.accessKeyId) return forbid("unknown access key, or no Authorization header of SigV4")
  if (region !== sesAccount.region || service !== "ses") return forbid("the scope is not of this region and of ses")
  const date = String(request.headers["x-amz-date"])
  const [, y, m, d, h, min, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? []
  const at = Date.parse(`${y}-${m}-${d}T${h}:${min}:${s}Z`)
  if (Number.isNaN(at) || Math.abs(Date.now() - at) > 300_000) return forbid("X-Amz-Date is not within five minutes")
  if (!date.startsWith(day)) return forbid("the scope is not of the day of X-Amz-Date")
  const names = signed.split(";")
  for (const needed of ["host", "x-amz-date"]) if (!names.includes(needed)) return forbid(`${needed} is not signed`)
  for (const name of Object.keys(request.headers))
    if (name.startsWith("x-amz-") && !names.includes(name)) return forbid(`${name} is not signed`)
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name] ?? "")]))
  const call = { method: request.method ?? "", target: request.url ?? "", headers, body }
  const computed = computeSignature(call, { ...sesAccount, service, date })
  return computed === signature ? null : forbid("the signature does not match")
}

interface Scope {
  readonly secretAccessKey: string
  readonly region: string
  readonly service: string
  /** As in X-Amz-Date. */
  readonly date: string
}

/** The SigV4 signature of a call. `headers`: those that are signed, with lower-case names. */
export function computeSignature(
  call: { method: string; target: string; headers: Readonly<Record<string, string>>; body: Buffer | string },
  { secretAccessKey, region, service, date }: Scope,
): string {
  const [path = "", query = ""] = call.target.split("?")
  const sorted = Object.entries(call.headers).sort(([a], [b]) => (a < b ? -1 : 1))
  const canonical = [
    call.method,
    path.split("/").map(encodeURIComponent).join("/"),
    query.split("&").sort().join("&"),
    ...sorted.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, " ")}`),
    "",
    sorted.map(([name]) => name).join(";"),
    createHash("sha256").update(call.body).digest("hex"),
  ].join("\n")
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`
  const text = ["AWS4-HMAC-SHA256", date, scope, createHash("sha256").update(canonical).digest("hex")].join("\n")
  const hmac = (key: Buffer | string, data: string) => createHmac("sha256", key).update(data).digest()
  return hmac(scope.split("/").reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`), text).toString("hex")
}

/** The parts of SendEmail that we use. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html */
interface SendEmail {
  readonly FromEmailAddress?: string
  readonly Destination?: Readonly<Record<string, readonly string[]>>
  readonly Content?: {
    readonly Simple?: {
      readonly Subject?: Part
      readonly Body?: { readonly Text?: Part; readonly Html?: Part }
      readonly Headers?: readonly { readonly Name: string; readonly Value: string }[]
    }
  }
  readonly ConfigurationSetName?: string
}
interface Part {
  readonly Data?: string
  readonly Charset?: string
}

/** Headers that SES writes itself, and refuses. */
const reserved =
  /^(?:bcc|cc|content-.*|date|dkim-signature|from|message-id|mime-version|reply-to|return-path|sender|subject|to|x-ses-.*)$/i

/** What is wrong with a call that is signed well, or null. */
function explainCall(method: string, path: string, request: IncomingMessage, body: Buffer): Refusal | null {
  const refuse = (message: string) => ({ status: 400, type: "BadRequestException", message })
  if (method !== "POST" || path !== "/v2/email/outbound-emails")
    return { status: 404, type: "NotFoundException", message: `no operation ${method} ${path}` }
  if (!/^application\/(?:x-amz-)?json/.test(request.headers["content-type"] ?? ""))
    return refuse("the body is not JSON")
  let call: SendEmail
  try {
    call = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))
  } catch {
    return refuse("the body is not JSON in UTF-8")
  }
  if (body.length > 10_000_000) return refuse("the email is too large")
  const { ToAddresses = [], ...others } = call.Destination ?? {}
  if (ToAddresses.length !== 1 || Object.keys(others).length > 0) return refuse("there is not exactly one recipient")
  if (!/^[!-~]+@[a-z0-9.-]+\.[a-z0-9-]+$/i.test(ToAddresses[0] ?? ""))
    return refuse("the recipient is not an ASCII address")
  // A name is a quoted string, encoded words of at most 75 characters (RFC 2047 §2) or plain words.
  const encoded = String.raw`=\?utf-8\?[bq]\?[!-~]{1,63}\?=`
  const name = String.raw`"(?:[^"\\\r\n]|\\.)*"|${encoded}(?: ${encoded})*|[\w .'-]+`
  const from = new RegExp(`^(?:(?:${name}) )?<?[!-;=?-~]+@[!-;=?-~]+>?$`, "i")
  if (!from.test(call.FromEmailAddress ?? "")) return refuse("the sender is not an address")
  const { Subject, Body, Headers = [] } = call.Content?.Simple ?? {}
  for (const [name, part] of Object.entries({ Subject, Text: Body?.Text, Html: Body?.Html })) {
    if (!part?.Data) return refuse(`there is no ${name}`)
    // Without it SES takes the text for 7-bit ASCII.
    if (part.Charset?.toUpperCase() !== "UTF-8") return refuse(`the character set of ${name} is not UTF-8`)
  }
  if (/[\r\n]/.test(Subject?.Data ?? "")) return refuse("there is a line break in the subject")
  if (Headers.length > 15) return refuse("there are more than 15 headers")
  const names = Headers.map(({ Name }) => Name.toLowerCase())
  if (new Set(names).size !== names.length) return refuse("a header is there twice")
  for (const { Name, Value } of Headers) {
    if (!/^[!-9;-~]{1,126}$/.test(Name) || reserved.test(Name)) return refuse(`the header ${Name} is not allowed`)
    if (!/^[ -~]{1,870}$/.test(Value)) return refuse(`the header ${Name} is not printable ASCII of at most 870`)
  }
  if (call.ConfigurationSetName !== undefined && call.ConfigurationSetName !== sesAccount.configurationSet)
    return { status: 404, type: "NotFoundException", message: "no such configuration set" }
  return null
}

function readEmail(body: Buffer): Omit<SentEmail, "id" | "answer"> {
  const { FromEmailAddress = "", Destination, Content, ConfigurationSetName }: SendEmail = JSON.parse(`${body}`)
  const { Subject, Body, Headers = [] } = Content?.Simple ?? {}
  return {
    from: FromEmailAddress,
    to: Destination?.ToAddresses?.[0] ?? "",
    subject: Subject?.Data ?? "",
    text: Body?.Text?.Data ?? "",
    html: Body?.Html?.Data ?? "",
    headers: Object.fromEntries(Headers.map(({ Name, Value }) => [Name, Value])),
    configurationSet: ConfigurationSetName ?? null,
  }
}
