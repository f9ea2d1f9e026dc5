// The style of pictures, maps and the faces of stories in lists. Part of the sheets of pages that have any.

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
