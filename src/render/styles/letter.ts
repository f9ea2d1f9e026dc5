// The styles of newsletter samples and of the page that offers membership.

export const letter = `
.letter { max-inline-size: 40rem; background: var(--paper); border: 1px solid var(--line); padding: clamp(1.1rem, 4vw, 2.2rem); box-shadow: 0 1px 0 var(--line), 0 1.2rem 2.4rem -1.6rem #0006 }
.letter > * + * { margin-block-start: 1.1rem }
.masthead { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: .2rem 1rem; border-block-end: 4px double var(--ink); padding-block-end: .5rem; line-height: 1.3 }
.masthead b { font-size: 1.5rem; letter-spacing: -.02em }
.masthead b:lang(ar) { letter-spacing: 0 }
.letter .entry { padding-block: .9rem }
.letter .entry h3 { font-size: 1.15rem }
.preview { margin-block: 3rem; margin-inline: calc(-1 * clamp(1rem, 4vw, 2.5rem)); padding: .1rem clamp(1rem, 4vw, 2.5rem) 2.75rem; background: var(--wash) }
.preview .rule { margin-block-start: 2rem }
.preview .letter { margin-inline: auto }
.offer { display: grid; gap: 1.75rem 3.5rem }
.offer .intro { margin: 0 }
.offer .box h2 { font-size: 1.9rem }
.offer .box :is(button, .button) { inline-size: 100%; text-align: center; font-size: 1.0625rem }
.parts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1.75rem 3rem }
.parts h3 { font-size: 1.2rem; line-height: 1.3; margin-block-end: .3rem }
.parts p { color: var(--soft); font-size: 1.0625rem; line-height: 1.55; text-wrap: pretty }
.answers { grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)) }
.gains h2 { font-size: 1.35rem; margin-block-end: 1.1rem }
.gains .parts > * { border-block-start: 1px solid var(--line); padding-block-start: .8rem }
.close { margin-block-start: 3rem; text-align: center }
.close form { justify-content: center; max-inline-size: none }
@media (min-width: 60em) {
  .offer { grid-template-columns: minmax(0, 1fr) 21rem; align-items: start }
  .offer > .box { grid-area: 1 / 2 / span 2; position: sticky; inset-block-start: 1rem }
}
`
