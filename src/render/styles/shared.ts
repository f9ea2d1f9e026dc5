// What pages other than articles share: lists in rows, columns, running text.

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
