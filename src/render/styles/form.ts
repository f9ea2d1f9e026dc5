// The style of pages that consist of text and forms: joining, the account, the newsletter, static pages.
import { shared } from "./shared.ts"

export const form = `${shared}
:is([type=checkbox], [type=radio]) { flex: none; min-block-size: 1.25rem; inline-size: 1.25rem; accent-color: var(--accent) }
fieldset { border: 0; padding: 0; margin: 0 }
.narrow { max-inline-size: 40rem }
`
