// The one style sheet, inlined in every page. Logical properties only, so right-to-left pages need no second sheet.

// The first lines define the publication's colours and typefaces; everything else derives from them.
const sheet = `
:root { color-scheme: light dark; --paper: #fbfaf5; --ink: #1c1a15; --soft: #5e584b; --line: #d8d1c1; --wash: #f3eee1;
  --accent: #a1361a; --on: #fff; --serif: Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, serif;
  --sans: system-ui, "Segoe UI", Roboto, sans-serif; --measure: 35rem }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14161a; --ink: #e8e4da; --soft: #aaa496; --line: #3b3d40; --wash: #1e2126; --accent: #f2a184; --on: #14161a }
}
*, ::before, ::after { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.125rem/1.6 var(--serif); overflow-wrap: break-word }
:lang(ar) { --serif: "Noto Naskh Arabic", "Geeza Pro", "Sakkal Majalla", "Traditional Arabic", serif }
body:lang(ar) { line-height: 1.85 }
.page { max-inline-size: 72rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2.5rem) }
h1, h2, h3, h4, p, ul, ol, dl, dd, figure, blockquote { margin: 0; padding: 0 }
h1, h2, h3, h4 { line-height: 1.15; letter-spacing: -.012em; text-wrap: balance }
h1 { font-size: clamp(1.9rem, 1.3rem + 2.7vw, 3.1rem) }
:lang(ar) :is(h1, h2, h3, h4) { line-height: 1.45; letter-spacing: 0 }
img, svg { max-inline-size: 100%; block-size: auto }
a { color: inherit; text-decoration-color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .18em }
a:hover { color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
ul:not(.body ul), ol.crumbs { list-style: none }
.ui, .kick, .plain, .facts, figcaption, button, input, select { font-family: var(--sans); font-size: .875rem; line-height: 1.5 }
.skip:not(:focus) { position: absolute; inset-inline-start: -99rem }
.plain { display: flex; flex-wrap: wrap; gap: 0 1.15rem }
.plain > li, .button, button { max-inline-size: 100%; overflow-wrap: anywhere }
:is(.plain, .kick, .crumbs) a { display: inline-block; min-block-size: 1.5rem; padding-block: .15rem }
:is(.plain, .kick, .crumbs, .meta, h2, h3) a:not(:hover) { text-decoration: none }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem 1.25rem; padding-block: 1.1rem .55rem; border-block-end: 4px double var(--ink) }
.plate { font: 700 clamp(1.7rem, 1.4rem + 1.4vw, 2.4rem)/1.1 var(--serif); letter-spacing: -.025em; margin-inline-end: auto }
.plate a { display: flex; align-items: center; gap: .4rem; color: inherit; text-decoration: none }
.mark { inline-size: .82em; fill: none; stroke: var(--accent); stroke-width: 2 }
.bar { flex-basis: 100%; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.15rem }
[aria-current] { color: var(--accent); font-weight: 600 }
.button, button { display: inline-block; min-block-size: 2.5rem; padding: .5rem 1.1rem; border: 1px solid var(--accent); border-radius: 2px; background: var(--accent); color: var(--on); font: 600 .9375rem/1.5 var(--sans); text-decoration: none; cursor: pointer }
.button:hover { color: var(--on) }
[hidden] { display: none !important }
.small { min-block-size: 2rem; padding: .2rem .8rem; font-size: .875rem }
.quiet { background: none; color: var(--accent) }
input, select, textarea { min-block-size: 2.5rem; padding: .4rem .7rem; border: 1px solid var(--soft); border-radius: 2px; background: var(--paper); color: inherit; font-size: 1rem; flex: 1 1 12rem; min-inline-size: 0 }
:is([type=checkbox], [type=radio]) { flex: none; min-block-size: 1.25rem; inline-size: 1.25rem; accent-color: var(--accent) }
fieldset { border: 0; padding: 0; margin: 0 }
form { display: flex; flex-wrap: wrap; gap: .6rem; max-inline-size: var(--measure) }
label { flex-basis: 100% }
main { padding-block: 1.25rem 3rem }
.rule { border-block-start: 1px solid var(--ink); padding-block-start: .8rem; margin-block: 3rem 1.1rem; position: relative; font-size: 1.25rem }
.rule::before { content: ""; position: absolute; inset-block-start: 0; inset-inline-start: 0; inline-size: 3rem; border-block-start: 5px solid var(--accent) }
.crumbs { display: flex; flex-wrap: wrap; color: var(--soft) }
.crumbs li + li::before { content: "›"; margin-inline: .5rem }
.rule a::after { content: "›"; color: var(--accent); margin-inline: .35rem }
.kick { color: var(--soft) }
.tag { color: var(--accent); font-weight: 600 }
.place { color: var(--accent) }
.place:not(:lang(ar)) { letter-spacing: .09em }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: 1.9rem 2.5rem }
.entry > :is(h2, h3) + p { color: var(--soft); font-size: 1rem; line-height: 1.5; margin-block-start: .35rem }
.entry :is(h2, h3) { font-size: 1.2rem; line-height: 1.25; margin-block-start: .1rem }
.four { grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr)); gap: 1.4rem 2rem }
.rows .entry { max-inline-size: 46rem; padding-block: 1.1rem; border-block-start: 1px solid var(--line) }
.rows .entry:first-child { border: 0; padding-block-start: 0 }
.lead h2 { font-size: clamp(1.8rem, 1.3rem + 2.3vw, 2.9rem); line-height: 1.12; margin-block: .2rem .7rem }
.lead > div > p:last-child, .standfirst { font-size: 1.25rem; line-height: 1.45; color: var(--soft) }
.standfirst { margin-block-start: .9rem; max-inline-size: 44rem; text-wrap: pretty }
.standfirst:lang(ar) { line-height: 1.75 }
.tagline { font-style: italic; color: var(--soft); margin-block-end: 1.75rem }
.intro h1, h1.here { margin-block: .2rem 1.5rem }
.intro { margin-block-end: 1.75rem }
.duo > aside { margin-block-end: 2rem }
.duo > div + aside { margin-block-start: 2.5rem }
figure img { display: block; inline-size: 100%; background: var(--wash) }
.wide img, .lead img { max-block-size: 85vh; object-fit: contain }
figcaption { color: var(--soft); margin-block-start: .45rem; font-size: .8125rem; line-height: 1.45 }
.facts { display: grid; grid-template-columns: auto 1fr; gap: .2rem 1rem; margin-block-start: 1rem }
.facts dt { color: var(--soft) }
.story > header { margin-block: .6rem 1.5rem; max-inline-size: 50rem }
.meta { padding-block: .7rem; margin-block-end: 1.4rem; border-block: 1px solid var(--line) }
.meta p + p { margin-block-start: .1rem }
.map { margin-block-end: 1.6rem; max-inline-size: 32rem }
.lead figure { margin-block-start: 1.2rem }
.wide { margin-block-end: 1.75rem; max-inline-size: 56rem }
.notice { border-inline-start: 5px solid var(--accent); padding-inline-start: .8rem; margin-block-start: 1.1rem }
.body > * + *, .prose > * + * { margin-block-start: 1.15rem }
.body { font-size: 1.1875rem; line-height: 1.62; hanging-punctuation: first }
:lang(ar) .body { line-height: 1.95 }
.body :is(h2, h3, h4) { margin-block-start: 2.2rem; font-size: 1.4rem }
.body h3 { font-size: 1.2rem }
.body h4 { font-size: 1.05rem }
.body :is(ul, ol) { padding-inline-start: 1.4rem }
.body blockquote { border-inline-start: 2px solid var(--accent); padding-inline-start: 1.2rem; font-style: italic }
:lang(ar) :is(blockquote, .tagline, em, i, cite, dfn, var, address) { font-style: normal }
.body :is(pre, table) { display: block; overflow-x: auto; border-collapse: collapse; font-size: .9rem }
.body pre { padding: .8rem 1rem; background: var(--wash); direction: ltr; unicode-bidi: plaintext; white-space: pre-wrap }
.body :is(th, td) { padding: .35rem .9rem .35rem 0; text-align: start; vertical-align: top; border-block-end: 1px solid var(--line) }
.body .end { text-align: end }
.body .center { text-align: center }
.body hr { inline-size: 3rem; margin-inline: 0; border: 0; border-block-start: 5px solid var(--accent) }
.body section { font-size: .95rem; border-block-start: 1px solid var(--line); padding-block-start: 1rem; margin-block-start: 2.5rem }
.box { background: var(--wash); padding: 1.4rem; border-block-start: 5px solid var(--accent) }
.box > * + * { margin-block-start: .8rem }
.box h2 { font-size: 1.35rem }
.narrow { max-inline-size: 40rem }
.boxes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1.5rem 2.5rem; margin-block-start: 3.5rem }
.text > * + * { margin-block-start: 2rem }
.after > * + * { margin-block-start: .8rem }
.after { border-block-start: 1px solid var(--line); padding-block-start: 1rem; font-size: 1rem }
.after h2 { font-size: 1.05rem; margin-block-end: .5rem }
.list li + li, .after :is(p, ul) + p { margin-block-start: .5rem }
details > * + * { margin-block-start: .7rem }
summary { cursor: pointer; min-block-size: 1.75rem }
textarea { inline-size: 100%; block-size: 6rem; font: .8125rem/1.5 monospace }
mark { background: none; color: inherit; font-weight: 700; text-decoration: underline 3px var(--accent) }
.pages { display: flex; gap: 1.5rem; align-items: center; margin-block-start: 2rem }
.foot { margin-block-start: 2rem; padding-block: 1.5rem 3rem; border-block-start: 4px double var(--ink); color: var(--soft) }
.foot > * + * { margin-block-start: .7rem }
.url { display: none }
@media (min-width: 60em) {
  .duo { display: grid; grid-template-columns: minmax(0, 1fr) 22rem; gap: 2rem 3.5rem; align-items: start }
  .lead.duo { grid-template-columns: repeat(2, minmax(0, 1fr)) }
  .duo > :is(aside, div + aside) { grid-area: 1 / 2; margin-block-start: 0 }
  .cols { display: grid; grid-template-columns: 11rem minmax(0, var(--measure)) minmax(0, 1fr); gap: 0 2.5rem; align-items: start }
  .meta { grid-area: 1 / 1; border-block-end: 0 }
  .text { grid-area: 1 / 2 }
  .cols > .map { grid-area: 1 / 3 }
  .lead figure { margin: 0 }
  .story > :is(header, nav, .wide) { margin-inline-start: 13.5rem }
}
@media (forced-colors: active) {
  .mark { stroke: LinkText }
  .button, button { background: ButtonFace; color: ButtonText; border-color: ButtonText }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #333; --line: #999; --wash: #fff; --accent: #000 }
  body, .body { font-size: 11pt }
  .skip, .head > :not(.plate), .crumbs, .noprint, .boxes, .foot { display: none }
  .url { display: block; font-family: var(--sans); font-size: 9pt; margin-block-start: .5rem }
  .cols { display: block }
  .story > :is(header, .wide) { margin-inline-start: 0 }
  .map { max-inline-size: 8cm }
  h1 { font-size: 22pt }
  h2, h3, figure { break-inside: avoid; break-after: avoid }
}
`

/** Minifies the sheet: collapses white space and shortens custom property names. */
function press(css: string): string {
  const names = [...new Set(css.match(/--[a-z]+/g))]
  return css
    .replace(/--[a-z]+/g, (name) => `--${String.fromCharCode(97 + names.indexOf(name))}`)
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,>]) ?/g, "$1")
    .replace(/: /g, ":")
    .replace(/;}/g, "}")
    .trim()
}

/** The content of every page's only `<style>`; reader/page.ts hashes it for the Content-Security-Policy. */
export const styleSheet: string = press(sheet)
