// The style of article pages: the text, and what stands beside and below it.

export const story = `
.wide img { max-block-size: 85vh; object-fit: contain }
.story > header { margin-block: .6rem 1.5rem; max-inline-size: 50rem }
.meta { padding-block: .7rem; margin-block-end: 1.4rem; border-block: 1px solid var(--line) }
.meta p + p { margin-block-start: .1rem }
.wide { margin-block-end: 1.75rem; max-inline-size: 56rem }
.body > * + * { margin-block-start: 1.15rem }
.body { font-size: 1.1875rem; line-height: 1.62; hanging-punctuation: first }
:lang(ar) .body { line-height: 1.95 }
.body :is(h2, h3, h4) { margin-block-start: 2.2rem; font-size: 1.4rem }
.body h3 { font-size: 1.2rem }
.body h4 { font-size: 1.05rem }
.body :is(ul, ol) { padding-inline-start: 1.4rem }
.url { display: none }
@media (min-width: 60em) {
  .cols { display: grid; grid-template-columns: 11rem minmax(0, var(--measure)) minmax(0, 1fr); gap: 0 2.5rem; align-items: start }
  .meta { grid-area: 1 / 1; border-block-end: 0 }
  .text { grid-area: 1 / 2 }
  .cols > .map { grid-area: 1 / 3 }
  .story > :is(header, nav, .wide) { margin-inline-start: 13.5rem }
}
@media print {
  .body { font-size: 11pt }
  .url { display: block; font-family: var(--sans); font-size: 9pt; margin-block-start: .5rem }
  .cols { display: block }
  .story > :is(header, .wide) { margin-inline-start: 0 }
}
`
