// Patterns for the syntax of other programs, and for marks that CommonMark does not recognise. All take linear time.

const known =
  "gallery|caption|embed|audio|video|playlist|youtube|vimeo|wpvideo|tweet|twitter|instagram|soundcloud|toc|TOC"

/** Shortcodes and other markup that other systems understand but Dateline does not. */
export const shortcodes: readonly RegExp[] = [
  // Hugo, Jekyll and other template systems.
  /\{\{(?:(?!\{\{)[^\n])*?\}\}|\{%(?:(?!\{%)[^\n])*?%\}|<%(?:(?!<%)[^\n])*?%>/g,
  // WordPress: `[name key="value"]`, `[/name]`, `[gallery]`.
  new RegExp(String.raw`\[\w[\w-]*\s+[\w-]+=[^\]\n]*\]|\[/\w[\w-]*\]|\[(?:${known})(?:\s[^\]\n]*)?\]`, "g"),
  // Wikis and Obsidian: `[[Page]]`, `![[picture.png]]`, `==highlight==`, and `%%comments%%`, which readers would see.
  /!?\[\[[^[\]\n]+\]\]|(?<![\w=])==[^\s=][^=\n]*==(?![\w=])|%%[^%\n]+%%/g,
  // Kramdown: `{: .class}`, `*[WHO]: …`. Pandoc and Hugo: `{.class}`, `^[note]`. TeX: `$$x$$`.
  /\{(?::\s*[.#\w]|\s*[.#][a-z]|(?<=\0\{)[a-z-]+=)[^{}\n]*\}|^\*\[[^[\]\n]+\]:|\^\[[^[\]\n]+\]|\$\$[^$\n]+\$\$/gim,
  // Docusaurus: `:::note`. MkDocs: `!!! note`. GitHub: `[!NOTE]`, `:smile:`.
  /^:::+[ \t]*[\w{]+|^(?:!!!|\?\?\?)\+?[ \t]\w+|^\[!\w+\]|(?<!\S):[a-z][a-z0-9_+]{2,}:(?!\S)/gm,
  // MDX: `import A from "b"`.
  /^(?:import|export)\s[^\n]*\bfrom\s+["'][^"'\n]+["']|^export (?:const|default)\b/gm,
]

/** What HTML treats as a comment: `<?php … ?>`, `<!DOCTYPE html>`, `<![CDATA[…]]>`. */
export const declarations = /<[?!][^\s<>\0]*/g

/** What looks like a link or picture. If its address contains a space, CommonMark does not recognise it. */
export const linkMarks = /(!?)\[[^[\]\n]*\]\(([^<>()\n]*)\)/g

/** Marks that CommonMark does not recognise, and how to fix them. */
export const unreadMarks: readonly (readonly [RegExp, string])[] = [
  [/\[[^[\]\n]+\] \((?:https?:\/\/|\.{0,2}\/)[^)\s]*\)/g, "leave no space between `]` and `(`"],
  [/!?\[[^[\]\n]*\]\((?![^()\n]*\))[^\s()]*/g, "close the address with `)`"],
  [/<!--/g, "write `-->` at the end of the comment"],
  [/&amp;(?:#x?[\da-f]{2,6}|nbsp|amp|lt|gt|quot|apos|[lr][sd]quo|[mn]dash|hellip);/gi, "leave out `amp;`"],
  [/\[[^[\]\n]+\]\[(?!\^)[^[\]\n]*\]/g, "define the link's address on a separate line: `[name]: https://…`"],
  [
    /\*\*[^*\n]+\*\*|(?<![\p{L}\p{N}*])\*\*(?=\p{L})/gu,
    "begin and end the bold words with a letter, or put spaces around the marks",
  ],
  [
    /^[ \t]*(?:\|[ \t]*)?:?-+:?[ \t]*\|[-:| \t]*$/gm,
    "give this line as many columns as the one above, and leave a blank line before the table",
  ],
  [
    /^[ \t]*\|(?=[^\n]*[^-:|\s])[^\n]*\|[ \t]*\n[ \t]*\|(?=[^\n]*[^-:|\s])[^\n]*\|[ \t]*$/gm,
    "write a line such as `|---|---|` below the table's header",
  ],
  [/(?<=\S\n):[ \t]+\S/g, "write a list: `- **Term**: what it means`"],
  [/^#{2,6}(?=[^\s#])/gm, "write a space after the `#` of a heading"],
  [/\([^()\n]+\)\[(?:https?:\/\/|\/)[^\]\s]*\]/g, "write the text in `[` and `]`, and the address in `(` and `)`"],
  [/\[[^[\]\n]+\]（[^（）\n]*）/g, "write the address in `(` and `)`, not full-width ones"],
  // Tags from Microsoft Word, such as `<o:p>`.
  [/<\/?[a-z]+:[a-z]+(?:\s[^<>]*)?>/gi, "remove it"],
]

/** Markdown and bare addresses in raw HTML, where they are shown as written. */
export const marksInHtml = /\*\*[^*\s][^*\n]*\*\*|!?\[[^[\]\n]+\]\([^)\s]+\)|\bhttps?:\/\/[^\s\0]+/g

/** Markup in front matter. Apart from `<br>`, HTML counts only with its end tag: a title may mention an element. */
export const marksInFront: readonly RegExp[] = [
  /\*\*[^*\s][^*]*\*\*|(?<![\w*_])([*_])(?=[^\s*_])[^*_]*(?<=[^\s*_])\1(?![\w*_])|`[^`]+`/,
  /!?\[[^\]]*\]\([^)\s]+\)|<([a-z]\w*)[^<>]*>(?=.*<\/\1>)|<br\b[^<>]*>/i,
]
