// Social cards as the command line sends them, a request's worth at a time.
import type { InferOutput } from "valibot"
import { hashContent } from "../store/bodies.ts"
import type { CardUpload } from "../store/media.ts"
import { explainPictureBytes } from "../store/media.ts"
import type { CardsSchema } from "./schema.ts"

type Sent = InferOutput<typeof CardsSchema>["cards"][number]

/** The cards' bytes, and the articles whose card is not what was sent: other bytes than named, or no clean JPEG. */
export async function readCards(sent: readonly Sent[]): Promise<{ cards: CardUpload[]; torn: string[] }> {
  const cards: CardUpload[] = []
  const torn: string[] = []
  for (const { path, revision, drawn, sha256, base64 } of sent) {
    const bytes = Uint8Array.fromBase64(base64)
    const whole = explainPictureBytes(bytes, "jpg") === null && (await hashContent(bytes)) === sha256
    if (whole) cards.push({ path, revision, drawn, bytes })
    else torn.push(path)
  }
  return { cards, torn }
}
