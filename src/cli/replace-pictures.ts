// Pictures that were published before metadata were removed: cleaned, put in the place of the old ones, deleted.
import type { DirtyPicture } from "../article/picture-types.ts"
import { cleanPublished } from "./clean-pictures.ts"
import { type DeskClient, expectAnswer, fetchPicture, sendPicture, type Target } from "./desk-client.ts"

/**
 * Safe to interrupt: what is not replaced yet is found again. The caller flushes the purges after it.
 * @param report called with what an editor should know: a line
 */
export async function replaceDirtyPictures(
  desk: DeskClient,
  target: Target,
  report: (line: string) => void,
): Promise<void> {
  const dirty = await sweep(desk)
  if (dirty.length === 0) return
  const said =
    dirty.length === 1 ? "1 picture published earlier carries" : `${dirty.length} pictures published earlier carry`
  report(`${said} metadata: replacing`)
  for (const picture of dirty)
    try {
      const clean = await cleanPublished(await fetchPicture(target, picture), picture.extension)
      await sendPicture(target, clean, clean.bytes)
      const { sha256, extension, width, height } = clean
      const json = { old: picture.sha256, picture: { sha256, extension, width, height } }
      await expectAnswer(await desk.media.replace.$post({ json }))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      report(`/media/${picture.sha256}.${picture.extension} of ${picture.path} could not be replaced: ${why}`)
    }
  // Now that nothing names them, they are deleted.
  await sweep(desk)
}

async function sweep(desk: DeskClient): Promise<DirtyPicture[]> {
  const dirty: DirtyPicture[] = []
  for (let after: string | null = ""; after !== null; ) {
    const response = await desk.media.sweep.$post({ json: { after } })
    const page: { dirty: DirtyPicture[]; next: string | null } = await expectAnswer(response)
    dirty.push(...page.dirty)
    after = page.next
  }
  return dirty
}
