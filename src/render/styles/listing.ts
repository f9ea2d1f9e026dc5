// The style of pages that list articles: the front page, places, topics, authors, search, editions.

export const listing = `
.lead h2 { font-size: clamp(1.8rem, 1.3rem + 2.3vw, 2.9rem); line-height: 1.12; margin-block: .2rem .7rem }
.lead > div > p:last-child { font-size: 1.25rem; line-height: 1.45; color: var(--soft) }
.tagline { font-style: italic; color: var(--soft); margin-block-end: 1.75rem }
.lead img { max-block-size: 85vh; object-fit: contain }
.facts { display: grid; grid-template-columns: auto 1fr; gap: .2rem 1rem; margin-block-start: 1rem }
.facts dt { color: var(--soft) }
.lead figure { margin-block-start: 1.2rem }
mark { background: none; color: inherit; font-weight: 700; text-decoration: underline 3px var(--accent) }
.pages { display: flex; gap: 1.5rem; align-items: center; margin-block-start: 2rem }
@media (min-width: 60em) {
  .lead.duo { grid-template-columns: repeat(2, minmax(0, 1fr)) }
  .lead figure { margin: 0 }
}
`
