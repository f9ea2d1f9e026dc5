// Gives the packaged browser, which has only Open Sans, the fonts of the social cards: a serif with the measures of
// Georgia, and Arabic and Cyrillic letters. Without them, pictures of pages and measured lines would say little.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { inflateSync } from "node:zlib"

const wanted =
  /(gelasio-latin|gelasio-latin-ext|arabic-(arabic|latin)|source-serif-4-cyrillic)-[47]00-(normal|italic)\.woff$/

/** Writes the fonts and a fontconfig file into the unpacked browser's folder; returns that file's path. */
export function installFonts(browser: string): string {
  const source = join(import.meta.dirname, "../../node_modules/@fontsource")
  const folder = join(browser, "faces")
  mkdirSync(folder, { recursive: true })
  for (const path of readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => wanted.test(name))) {
    const file = join(folder, basename(path).replace("woff", "ttf"))
    if (!existsSync(file)) writeFileSync(file, unpack(readFileSync(join(source, path))))
  }
  const config = join(folder, "fonts.conf")
  writeFileSync(
    config,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>${join(browser, "fonts")}</dir><dir>${folder}</dir><cachedir>${folder}</cachedir>
<alias binding="same"><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
<alias binding="same"><family>Georgia</family><prefer><family>Gelasio</family></prefer></alias>
<alias binding="same"><family>Times New Roman</family><prefer><family>Source Serif 4</family></prefer></alias>
<match target="pattern"><edit name="family" mode="append"><string>Open Sans</string></edit></match>
</fontconfig>`,
  )
  return config
}

/** Unpacks a WOFF 1.0 file, since fontconfig reads only bare OpenType: the same tables, each compressed with zlib. */
function unpack(woff: Buffer): Buffer {
  const count = woff.readUInt16BE(12)
  const power = 2 ** Math.floor(Math.log2(count))
  const head = Buffer.alloc(12 + 16 * count)
  woff.copy(head, 0, 4, 8)
  for (const [index, value] of [count, power * 16, Math.log2(power), (count - power) * 16].entries())
    head.writeUInt16BE(value, 4 + 2 * index)
  const tables: Buffer[] = [head]
  let end = head.length
  for (let index = 0; index < count; index++) {
    const entry = 44 + 20 * index
    const [offset, packed, length, sum] = [4, 8, 12, 16].map((at) => woff.readUInt32BE(entry + at)) as [
      number,
      number,
      number,
      number,
    ]
    const data = woff.subarray(offset, offset + packed)
    const table = Buffer.alloc(Math.ceil(length / 4) * 4)
    table.set(packed < length ? inflateSync(data) : data)
    woff.copy(head, 12 + 16 * index, entry, entry + 4)
    for (const [at, value] of [sum, end, length].entries()) head.writeUInt32BE(value, 16 + 16 * index + 4 * at)
    tables.push(table)
    end += table.length
  }
  return Buffer.concat(tables)
}
