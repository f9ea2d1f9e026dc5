// Styles shared by several kinds of page.

/** Pages other than articles: lists in rows, columns, running text. */
export const shared = `
main:not(:has(.crumbs, .tagline)) { padding-block-start: 1.5rem }
.rule a::after { content: "›"; color: var(--accent); margin-inline: .35rem }
.entry :is(h2, h3) + p { color: var(--soft); font-size: 1rem; line-height: 1.5; margin-block-start: .35rem }
.rows .entry { max-inline-size: 46rem; padding-block: 1.1rem; border-block-start: 1px solid var(--line) }
.rows .entry:first-child { border: 0; padding-block-start: 0 }
.intro h1, h1.here { margin-block: .2rem 1.5rem }
.intro { margin-block-end: 1.75rem }
.duo > aside { margin-block-end: 2rem }
.duo > div + aside { margin-block-start: 2.5rem }
.prose > * + * { margin-block-start: 1.15rem }
@media (min-width: 60em) {
  .duo { display: grid; grid-template-columns: minmax(0, 1fr) 22rem; gap: 2rem 3.5rem; align-items: start }
  .duo > :is(aside, div + aside) { grid-area: 1 / 2; margin-block-start: 0 }
}
`

/** Pictures and maps, including those of stories in lists. */
export const face = `
.face { flex: 0 0 5rem; background: var(--wash) }
.small .face { flex-basis: 4rem }
.small.entry :is(h2, h3) { font-size: 1.0625rem }
.face img { display: block; inline-size: 100%; aspect-ratio: 1; object-fit: cover }
.chart img { object-fit: contain }
.globe { border-radius: 50% }
figure img { display: block; inline-size: 100%; background: var(--wash) }
figcaption { color: var(--soft); margin-block-start: .45rem; font-size: .8125rem; line-height: 1.45 }
.map { margin-block-end: 1.6rem; max-inline-size: 32rem }
:is(.row, .small, .second).entry { display: flex; gap: 1rem; align-items: start }
.wide img { max-block-size: 85vh; object-fit: contain }
.wide { margin-block-end: 1.75rem; max-inline-size: 56rem }
@media (max-width: 40em) { .cols > .map { order: 1; margin-block: 2rem 0 } }
@media print { .map { max-inline-size: 8cm } }
`

/** Pages of text and forms: joining, the account, the newsletter, static pages. */
export const form = `${shared}
[type=checkbox] { flex: none; min-block-size: 1.25rem; inline-size: 1.25rem; accent-color: var(--accent) }
.narrow { max-inline-size: 40rem }
`
