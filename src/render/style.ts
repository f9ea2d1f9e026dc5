// The style sheets, inlined in pages: each page has the base and the sheets for its kind of content. They use only
// logical properties, so right-to-left pages need no other sheets.
import { base } from "./styles/base.ts"
import { letter } from "./styles/letter.ts"
import { listing } from "./styles/listing.ts"
import { reading } from "./styles/reading.ts"
import { face, form } from "./styles/shared.ts"
import { story } from "./styles/story.ts"

const sources = { base, story, face, reading, listing, form, letter }

/** A sheet that a page adds to the base. */
export type Sheet = Exclude<keyof typeof sources, "base">

const everything = Object.values(sources).join("")
const names = [...new Set(everything.match(/--[a-z]+/g))]

/** Minifies a sheet: collapses white space and shortens custom property names, the same way in all sheets. */
function press(css: string): string {
  return css
    .replace(/--[a-z]+/g, (name) => `--${(names.indexOf(name) + 10).toString(36)}`)
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,>]) ?/g, "$1")
    .replace(/: /g, ":")
    .replace(/;}/g, "}")
    .trim()
}

/** The minified sheets, one for each `<style>`. reader/page.ts hashes them for the Content-Security-Policy. */
export const sheets = Object.fromEntries(Object.entries(sources).map(([name, css]) => [name, press(css)])) as Readonly<
  Record<keyof typeof sources, string>
>
