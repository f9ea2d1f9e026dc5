// Conflicts: of articles that are no longer where the folder has them, and as an editor reads of one.
import { mostMoved } from "../desk/schema.ts"
import { type DeskClient, expectAnswer } from "./desk-client.ts"
import type { PublishOutcome } from "./shapes.ts"

export type Conflict = PublishOutcome["conflicts"][number]

/** Asks the site what became of articles that it no longer has at these addresses. */
export async function askAbsences(desk: DeskClient, paths: readonly string[]): Promise<Conflict[]> {
  const conflicts: Conflict[] = []
  for (let at = 0; at < paths.length; at += mostMoved) {
    const response = await desk.moved.$post({ json: { paths: paths.slice(at, at + mostMoved) } })
    conflicts.push(...(await expectAnswer<{ moved: Conflict[] }>(response)).moved)
  }
  return conflicts
}

/** What stands in the way, since when and by whom, and what to do about it. */
export function explainConflict({ path, revision, who, when, movedTo }: Conflict): string {
  const by = who === null || when === null ? "" : ` by ${who} on ${when}`
  if (movedTo === null)
    return `${path}: the site no longer has the article that your file comes from. Publish it as a new one with --force`
  if (movedTo !== undefined)
    return `${path}: it was moved to ${movedTo}${by}. Move the file too, ${path.slice(1)}.md → ${movedTo.slice(1)}.md, or publish it as a new article with --force`
  return `${path}: ${who} published revision ${revision} on ${when}. See it with \`npx dateline diff ${path}\`, take it over into your file, or overwrite it with --force`
}
