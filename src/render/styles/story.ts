// The style of article pages: the text, and what is beside and below it.

export const story = `
.story > header { margin-block: .2rem 1.25rem; max-inline-size: 50rem }
.meta { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .9rem; padding-block: .6rem; margin-block-end: 1.25rem; border-block: 1px solid var(--line) }
.meta > :first-child { flex-basis: 100% }
.also { margin-block: -.3rem; display: flex; flex-wrap: wrap; align-items: center; gap: 0 .9rem }
.cols { display: flex; flex-direction: column }
.body > * + * { margin-block-start: 1.15rem }
.body { font-size: clamp(1.125rem, 1.08rem + .3vw, 1.1875rem); line-height: 1.62 }
:lang(ru) .body { font-size: 1.125rem }
:lang(ar) .body { font-size: clamp(1.25rem, 1.2rem + .3vw, 1.3rem); line-height: 1.9 }
.body :is(h2, h3, h4) { margin-block-start: 2.2rem; font-size: 1.4rem }
.body h3 { font-size: 1.2rem }
.body :is(ul, ol) { padding-inline-start: 1.4rem }
.url { display: none }
@media (min-width: 40em) {
  .cols { display: grid; grid-template-columns: minmax(0, var(--measure)) 13rem; justify-content: space-between; gap: 0 2rem; align-items: start }
}
@media (min-width: 40em) and (max-width: 58em) {
  .text { grid-column: 1 / 3; max-inline-size: var(--measure) }
}
@media (min-width: 58em) {
  .cols { grid-template-rows: auto 1fr }
  .meta { grid-area: 1 / 2; display: block; border-block-end: 0; padding-block-end: 0 }
  .text { grid-area: 1 / 1 / 3 }
  .cols > .map { grid-area: 2 / 2 }
}
@media (min-width: 72em) {
  .cols { grid-template: auto / 11rem minmax(0, var(--measure)) minmax(0, 1fr); column-gap: 2.5rem }
  .meta { grid-area: 1 / 1 }
  .text { grid-area: 1 / 2 }
  .cols > .map { grid-area: 1 / 3 }
  .story > :is(header, .where, .wide) { margin-inline-start: 13.5rem }
}
@media print {
  .body { font-size: 11pt }
  .url { display: block; font-family: var(--sans); font-size: 9pt; margin-block-start: .5rem }
}
`
