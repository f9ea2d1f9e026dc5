// The style of pages that list articles: the front page, places, topics, authors, search, editions.
import { face, shared } from "./shared.ts"

export const listing = `${shared}${face}.lead, .deck { display: grid; grid-template-columns: minmax(0, 1fr) }
.lead { gap: 1rem 2.5rem; position: relative }
.lead h2 { font-size: clamp(1.8rem, 1rem + 2.3vw, 2.9rem); line-height: 1.12; margin-block: .2rem .7rem }
.lead h2 a::after { content: ""; position: absolute; inset: 0 }
.lead .kick a { position: relative; z-index: 1 }
.lead > div > p:last-child { font-size: 1.25rem; line-height: 1.45; color: var(--soft) }
.photo img { aspect-ratio: 3 / 2; object-fit: cover }
.lead .map { max-inline-size: none; margin: 0 }
.lead > :only-child { grid-column: 1 / -1 }
.lead + :is(ul, div) { margin-block-start: 2.25rem }
.tagline { font-style: italic; color: var(--soft); margin-block-end: 1.25rem }
.deck { gap: 1rem 2.25rem }
.deck > li { border-block-start: 1px solid var(--line); padding-block-start: 1rem }
.world { position: relative }
.world > img { inline-size: 100%; margin-block-end: 1rem }
.world .entry { position: static; text-decoration: none }
.world .entry:hover h3 { color: var(--accent) }
.world .entry:hover .pin circle { stroke-width: 3; stroke: var(--ink) }
.world .entry { gap: .75rem }
.world ol { list-style: none }
.number { flex: 0 0 1.5rem; margin-inline: -.4rem -2.1rem; z-index: 1; border-radius: 50%; background: var(--accent); color: var(--on); font: 600 .8125rem/1.5rem var(--sans); text-align: center }
.pin { position: absolute; inset-block-start: 0; inset-inline: 0; inline-size: 100%; aspect-ratio: 1000 / 450; overflow: visible; pointer-events: none }
.pin svg { overflow: visible; pointer-events: auto }
.pin circle { fill: var(--accent); stroke: var(--paper) }
.pin line { stroke: var(--accent) }
.pin text { fill: var(--on); font: 600 .75rem var(--sans); text-anchor: middle; dominant-baseline: central }
.credit { color: var(--soft); margin-block-start: 1rem }
.facts { display: grid; grid-template-columns: auto 1fr; gap: .2rem 1rem; margin-block-start: 1rem }
.facts dt { color: var(--soft) }
mark { background: none; color: inherit; font-weight: 700; text-decoration: underline 3px var(--accent) }
main [role=search] { max-inline-size: 46rem }
main [role=search] select { flex-basis: 8rem }
.rule + .kick { margin-block: -.7rem 1.2rem }
.pages { display: flex; gap: 1.5rem; align-items: center; margin-block-start: 2rem }
.about { max-inline-size: 44rem; margin-block-end: 2.25rem; font-size: 1.0625rem }
.about .body > * + * { margin-block-start: .7rem }
.about figure { float: inline-end; inline-size: 8rem; margin-inline-start: 1.5rem }
.pair { margin-block-end: 1.5rem }
.n2 + .rows { margin-block-start: 2rem }
:is(.pair, .n2) + .rows { border-block-start: 1px solid var(--line); padding-block-start: 1.5rem }
.counts { columns: 2; column-gap: 2rem }
.counts li { display: flex; justify-content: space-between; break-inside: avoid; border-block-end: 1px solid var(--line) }
.counts a { flex: 1; padding-block: .45rem; text-decoration: none }
.counts bdi { padding-block: .45rem; color: var(--soft) }
.counts + details { margin-block-start: 1.1rem }
@media (max-width: 59.99em) { .second.entry p:not(.kick) { display: none } }
@media (max-width: 39.99em) { ul.n4 > :last-child { display: none } }
.pair .second.entry p { display: block }
@media (max-width: 40em) {
  .pair { gap: 1.1rem }
  .pair > li + li { border-block-start: 1px solid var(--line); padding-block-start: 1.1rem }
}
@media (min-width: 40em) and (max-width: 60em) {
  .setting { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 2.25rem }
  .setting .rule { margin-block-start: 0 }
}
@media (min-width: 40em) {
  .pair { grid-template-columns: repeat(2, minmax(0, 1fr)) }
  .deck { gap: 2rem 2.25rem }
  .deck > li { border: 0; padding: 0 }
  .n2, .n4 { grid-template-columns: repeat(2, minmax(0, 1fr)) }
  .n3 { grid-template-columns: repeat(3, minmax(0, 1fr)) }
  .second.entry { flex: 1; display: block }
  .second .face { border-radius: 0; margin-block-end: .6rem }
  .second .face img { aspect-ratio: 3 / 2 }
  :is(.n1, .n2) .second.entry { display: flex }
  :is(.n1, .n2) .second .face { flex-basis: 40% }
}
@media (min-width: 48em) { .lead { grid-template-columns: repeat(2, minmax(0, 1fr)); align-items: start } }
@media (min-width: 60em) {
  .lead { grid-template-columns: minmax(0, 7fr) minmax(0, 5fr) }
  .pin svg circle { r: 12px }
  .n4 { grid-template-columns: repeat(4, minmax(0, 1fr)) }
  aside > :first-child > .rule { margin-block-start: 0 }
  aside .pair { grid-template-columns: minmax(0, 1fr); gap: 1.3rem }
}
@media print { .lead, .entry { break-inside: avoid } }
`
