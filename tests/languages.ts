// Tests call code that pages and commands call only after the texts of their language are loaded.
import { loadLanguages } from "../src/site/messages.ts"

await loadLanguages()
