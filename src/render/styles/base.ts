// The style of every page: colours and typefaces, the frame, and what several kinds of page contain.
// The first lines define the publication's colours and typefaces; everything else derives from them.

export const base = `
:root { color-scheme: light dark; --paper: #fbfaf5; --ink: #1c1a15; --soft: #5e584b; --line: #d8d1c1; --wash: #f3eee1;
  --accent: #a1361a; --on: #fff; --serif: Charter, "Sitka Text", Georgia, serif;
  --sans: system-ui, sans-serif; --measure: 38rem }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #14161a; --ink: #e8e4da; --soft: #aaa496; --line: #3b3d40; --wash: #1e2126; --accent: #f2a184; --on: #14161a }
}
*, ::before, ::after { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.125rem/1.6 var(--serif); overflow-wrap: break-word }
body:lang(ru) { --measure: 41.5rem }
:lang(ar) { --serif: "Noto Naskh Arabic", "Geeza Pro", "Sakkal Majalla", serif }
:lang(ar) * { font-style: normal !important }
body:lang(ar) { --measure: 34.5rem; line-height: 1.85 }
.page { max-inline-size: 72rem; margin-inline: auto; padding-inline: clamp(1rem, 4vw, 2.5rem) }
h1, h2, h3, h4, p, ul, ol, dl, dd, figure, blockquote { margin: 0; padding: 0 }
h1, h2, h3, h4 { line-height: 1.15; letter-spacing: -.012em; text-wrap: balance }
h1 { font-size: clamp(1.75rem, 1.15rem + 2.7vw, 3.1rem) }
:lang(ar) :is(h1, h2, h3, h4) { line-height: 1.45; letter-spacing: 0 }
img, svg { max-inline-size: 100%; block-size: auto }
a { color: inherit; text-decoration-color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .18em }
a:hover { color: var(--accent) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
ul:not(.body ul), ol.crumbs { list-style: none }
.ui, .kick, .plain, .facts, figcaption, button, input, select { font-family: var(--sans); font-size: .875rem; line-height: 1.5 }
.skip:not(:focus) { position: absolute; inset-inline-start: -99rem }
.plain { display: flex; flex-wrap: wrap; align-items: end; margin-inline: -.6rem }
.plain > li, .button, button, .meta { overflow-wrap: anywhere }
:is(.plain, .crumbs) a { display: inline-flex; align-items: center; justify-content: center; min-block-size: 2.75rem; min-inline-size: 2.75rem }
.plain a { padding-inline: .6rem; gap: .4rem }
:is(.kick, .meta p) a { padding-block: .8rem }
:is(h2, h3) a { padding-block-end: 1rem }
:is(.plain, .kick, .crumbs, .meta, h2, h3) a:not(:hover) { text-decoration: none }
.head { display: grid; grid-template: "a b c d" "e e e e" / 1fr auto auto auto; align-items: center; gap: .2rem 1.15rem; padding-block-start: .9rem; border-block-end: 4px double var(--ink) }
.plate { font: 700 clamp(1.7rem, 1.4rem + 1.4vw, 2.4rem)/1.1 var(--serif); letter-spacing: -.025em; max-inline-size: 55vw }
.plate a { display: flex; align-items: center; gap: .4rem; min-block-size: 2.75rem; text-decoration: none }
.mark { flex: none; inline-size: .82em; color: var(--accent); stroke: currentColor }
.head > ul { display: contents }
.head > ul > li { margin-inline: -.6rem }
.find svg { inline-size: 1.15rem; color: inherit }
.bar { grid-area: e; display: flex; justify-content: space-between; min-inline-size: 0 }
.bar a { outline-offset: -3px }
.bar [aria-current] { scroll-initial-target: nearest }
[aria-current], .tag { color: var(--accent); font-weight: 600 }
.button, button { display: inline-block; min-block-size: 2.75rem; padding: .6rem 1.1rem; border: 1px solid var(--accent); border-radius: 2px; background: var(--accent); color: var(--on); font: 600 .9375rem/1.5 var(--sans); text-decoration: none; text-align: center; text-wrap: balance; cursor: pointer }
.button:hover { color: var(--on) }
[hidden], :root:not(.in) .own, .in .guest, .member .pitch, .flash:not(:target) { display: none !important }
:is(button, .button).small { padding: .6rem .9rem; font-size: .875rem }
.quiet { background: none; color: var(--accent) }
input, select { min-block-size: 2.75rem; padding: .4rem .7rem; border: 1px solid var(--soft); border-radius: 2px; background: var(--paper); color: inherit; font-size: 1rem; flex: 1 1 12rem; min-inline-size: 0 }
form { display: flex; flex-wrap: wrap; gap: .6rem; max-inline-size: var(--measure) }
label { flex-basis: 100% }
main { padding-block: 1.25rem 3rem }
main > nav:first-child, .where { margin-block-start: -.7rem }
.rule { border-block-start: 1px solid var(--ink); margin-block: 3rem 1.1rem; font-size: 1.25rem }
.rule::before { content: ""; display: block; inline-size: 3rem; margin-block-end: .6rem; border-block-start: 5px solid var(--accent) }
.where { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1.2rem }
.crumbs { display: flex; flex-wrap: wrap; color: var(--soft) }
.crumbs li + li::before { content: "›"; margin-inline: .2rem }
.crumbs a { min-inline-size: 1.5rem; padding-inline: .3rem }
.crumbs :first-child > a { padding-inline-start: 0 }
.kick { color: var(--soft) }
.bar li, .whole, time, .kick span { white-space: nowrap }
.place { color: var(--accent) }
.place:not(:lang(ar)) { letter-spacing: .09em }
.entry { position: relative }
.entry > div { min-inline-size: 0 }
.entry :is(h2, h3) a::after { content: ""; position: absolute; inset: 0 }
.entry .kick a { position: relative; z-index: 1 }
.entry :is(h2, h3) { font-size: 1.2rem; line-height: 1.25; margin-block-start: .1rem }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); gap: 1.4rem 2rem }
.standfirst { font-size: clamp(1.125rem, 1rem + .5vw, 1.25rem); line-height: 1.45; color: var(--soft); margin-block-start: .8rem; max-inline-size: 44rem; text-wrap: pretty }
.standfirst:lang(ar) { line-height: 1.75 }
.notice { border-inline-start: 5px solid var(--accent); padding-inline-start: .8rem; margin-block-start: 1.1rem }
.box { background: var(--wash); padding: 1.4rem; border-block-start: 5px solid var(--accent) }
:is(.box, .after, details) > * + * { margin-block-start: .8rem }
.box h2 { font-size: 1.35rem }
.boxes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1.5rem 2.5rem; margin-block-start: 3.5rem }
.text > * + * { margin-block-start: 2rem }
.after { border-block-start: 1px solid var(--line); padding-block-start: 1rem; font-size: 1rem }
.after h2 { font-size: 1.05rem; margin-block-end: .5rem }
.foot p + p, .after :is(p, ul, li) + :is(p, li) { margin-block-start: .5rem }
summary { cursor: pointer; padding-block: .6rem; min-block-size: 2.75rem }
.foot { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); gap: 1rem 2.5rem; margin-block-start: 2rem; padding-block: 1.5rem 3rem; border-block-start: 4px double var(--ink); color: var(--soft) }
.foot ul { display: grid; grid-template-columns: 1fr 1fr }
.foot li a { justify-content: start }
@media (max-width: 40em) {
  .bar { margin-inline: -.6rem 0; overflow-x: auto; scrollbar-width: none; mask: linear-gradient(90deg, #0000, #000 3% 97%, #0000) }
  .head { grid-template: "a b d" "e e c" / 1fr auto auto; gap: .2rem }
  .bar ul { margin: 0; flex-wrap: nowrap }
  .head > ul > li + li { grid-area: c; justify-self: end }
  .find { font-size: 0 }
}
@media print {
  :root { --paper: #fff }
  body { font-size: 11pt }
  main { padding-block-end: 0 }
  .skip, .head > :not(.plate), .crumbs, .noprint, .boxes, .foot { display: none }
  h2, h3, figure { break-inside: avoid; break-after: avoid }
}
`
