// The record follows what an editor did to an article on the site without its file: else they conflict with themselves.
import { existsSync } from "node:fs"
import { type BaseRecord, openBaseRecord } from "./base-record.ts"
import { type DeskClient, fetchSite } from "./desk-client.ts"
import { openFolder } from "./folder.ts"

/** The record of this folder and site; null where there is no folder: an address alone needs none. */
export async function openOwnRecord(content: string, desk: DeskClient): Promise<BaseRecord | null> {
  const site = await fetchSite(desk)
  return existsSync(content) ? openBaseRecord(openFolder(content), site.id) : null
}

/**
 * Notes a revision that left the text as it was. A base that was not the newest before it stays as old as it is: what
 * another editor published is a conflict still.
 * @param to the article's address now; its old one keeps its base, so that a file that stays there is told of the move
 */
export function followRevision(record: BaseRecord | null, from: string, to: string, revision: number): void {
  const base = record?.get(from)
  if (record === null || base === undefined) return
  const { seen, ...rest } = base
  const next = { ...rest, revision: base.revision === revision - 1 ? revision : base.revision }
  record.set(to, from === to && seen !== undefined ? { ...next, seen } : next)
  record.save()
}
