// Styles for what only some articles have: a table of contents, quotations, tables, code, footnotes, full-width
// pictures, players, cards.

export const reading = `
.body h4 { font-size: 1.05rem }
.body blockquote { border-inline-start: 2px solid var(--accent); padding-inline-start: 1.2rem; font-style: italic }
.body :is(pre, table) { display: block; overflow-x: auto; border-collapse: collapse; font-size: .9rem; font-variant-numeric: lining-nums tabular-nums }
.body :is(li, dd, blockquote) > p ~ * { margin-block-start: 1.15rem }
.body :is(sub, sup) { line-height: 0 }
.body dt { font-weight: 600 }
.body dd { margin-inline-start: 1.4rem }
.body pre { padding: .8rem 1rem; background: var(--wash); direction: ltr; unicode-bidi: plaintext; white-space: pre-wrap }
.body :is(th, td) { padding: .35rem .9rem .35rem 0; text-align: start; vertical-align: top; border-block-end: 1px solid var(--line) }
.body .end { text-align: end }
.body .center { text-align: center }
.body hr { inline-size: 3rem; margin-inline: 0; border: 0; border-block-start: 5px solid var(--accent) }
.body section { font-size: .95rem; border-block-start: 1px solid var(--line); padding-block-start: 1rem; margin-block-start: 2.5rem }
.contents { margin-block-start: .5rem }
.contents summary { font-weight: 600; padding-block: .6rem }
.contents ol { margin: 0; padding-inline-start: 1.35rem }
.contents ::marker { color: var(--accent) }
.contents a { display: block; padding-block: .3rem; text-decoration: none }
.body .pull { margin-block: 2.2rem; border: 0; border-block: 1px solid var(--ink); padding: 1.1rem 0 1.2rem; position: relative; font-style: normal }
.pull::before { content: ""; position: absolute; inset-block-start: -1px; inset-inline-start: 0; inline-size: 3rem; border-block-start: 5px solid var(--accent) }
.pull blockquote { border: 0; padding: 0; font-style: normal }
.pull p { font-size: clamp(1.5rem, 1.2rem + 1.4vw, 1.9rem); line-height: 1.25; letter-spacing: -.012em; text-wrap: balance }
:lang(ar) .pull p { line-height: 1.6; letter-spacing: 0 }
.pull figcaption { margin-block-start: .7rem; font-size: .875rem }
.body .full { margin: 2.2rem calc(-1 * clamp(1rem, 4vw, 2.5rem)); position: relative }
.full figcaption { padding-inline: clamp(1rem, 4vw, 2.5rem) }
.body :is(audio, video) { display: block; inline-size: 100%; block-size: auto; max-block-size: 85vh }
.body audio { block-size: 3.375rem }
.body video { background: #000 }
.full img { inline-size: auto; max-block-size: 90vh; margin-inline: auto }
.embed > :is(a, iframe) { display: flex; inline-size: 100%; min-block-size: 9rem; border: 0; background: var(--wash) }
.embed > a { flex-direction: column; gap: .2rem; padding: 1.1rem 1.2rem; border-block-start: 5px solid var(--accent); text-decoration: none; position: relative }
.embed b { font-size: 1.35rem; line-height: 1.2; text-wrap: balance; margin-block-start: auto; padding-block-start: .9rem }
.embed a::before { content: ""; inline-size: 2.75rem; block-size: 2.75rem; flex: none; border-radius: 50%; background: var(--accent) }
.embed a::after { content: ""; position: absolute; inset-block-start: 1.85rem; inset-inline-start: 2.2rem; border: .62rem solid transparent; border-inline-start: 1rem solid var(--on); border-inline-end: 0 }
.embed a:hover b { text-decoration: underline var(--accent) }
.embed a:has(img)::before { position: absolute }
.embed img { margin: -1.1rem -1.2rem 0; inline-size: calc(100% + 2.4rem); max-inline-size: none; aspect-ratio: 16 / 9; object-fit: cover }
@media screen { .video > :is(a:not(:has(img)), iframe) { aspect-ratio: 16 / 9 } }
.post > iframe { block-size: 36rem }
@media (min-width: 40em) {
  .cols { container-type: inline-size }
  .body .full { margin-inline: 0; inline-size: 100cqi }
  .full figcaption { padding: 0 }
}
@media (min-width: 58em) {
  .contents summary { pointer-events: none; list-style: none }
  .contents ::details-content { content-visibility: visible; block-size: auto }
  .body .full:nth-child(-n+4) { inline-size: auto }
}
@media (min-width: 72em) {
  .meta:has(.contents) { position: sticky; inset-block-start: 0; max-block-size: 100vh; overflow-y: auto }
  .body .full { inline-size: calc(100cqi - 13.5rem) }
  .cols:not(:has(> .map)) .full { inline-size: calc(100cqi - 13.5rem) }
}
@media print {
  .pull { break-inside: avoid }
  .cols { container-type: normal }
  .cols .body .full { margin-inline: 0; inline-size: auto }
  .embed > a { min-block-size: 0; aspect-ratio: auto; padding-block: .5rem }
  .embed > a::before, .embed figcaption { display: none }
  .embed > a::after { content: attr(href); position: static; border: 0; font: 9pt var(--sans) }
}
`
