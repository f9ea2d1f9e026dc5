// Runs in a page: what of it could run, load, submit or shadow a script's names, other than what our pages are built of.
// biome-ignore lint/correctness/noUnusedVariables: xss-browser.ts calls it in the page
function findActive(ours) {
  const found = []
  const note = (element, what) => found.push(`${what}: ${element.outerHTML.slice(0, 120)}`)
  const forbidden =
    "iframe,frame,frameset,object,embed,applet,base,portal,fencedframe,audio,video,math,template,noscript,marquee,foreignObject,animate,set,use,handler,meta[http-equiv],link[rel~=stylesheet],link[rel~=import],link[rel~=preload]"
  for (const element of document.querySelectorAll(forbidden)) note(element, "element")
  for (const script of document.scripts) {
    const isData = script.type === "application/ld+json" && script.parentElement.matches("head, #main_")
    const isOurs = script.attributes.length === 0 && ours.includes(script.textContent)
    if (!isData && !isOurs) note(script, "script")
  }
  for (const style of document.querySelectorAll("style"))
    if (style.parentElement !== document.head || style.attributes.length > 0) note(style, "style")
  // Marks stand in the frame, pins in the world map.
  for (const drawing of document.querySelectorAll("svg")) {
    const isMark = drawing.matches(":is(.plate, li) > a svg.mark, .foot svg.mark") && drawing.closest("main") === null
    const isPin = drawing.matches("svg.pin[aria-hidden=true], svg.pin[aria-hidden=true] > svg")
    if (!isMark && !(isPin && drawing.closest("h1,.standfirst,figcaption,.body,.meta") === null)) note(drawing, "svg")
  }
  // Inside what an editor or a reader wrote there are no forms.
  const written = "h1,.standfirst,figcaption,.body,.crumbs,.meta,.list,.rows,mark"
  for (const control of document.querySelectorAll("form,input,button,select,textarea,label,output"))
    if (
      control.closest(".meta > form.save, h1 > label[for=q_]") === null &&
      control.parentElement.closest(written) !== null
    )
      note(control, "control")
  for (const form of document.forms)
    if (new URL(form.getAttribute("action"), document.baseURI).origin !== location.origin) note(form, "form")
  const names = new Set(["__proto__", "constructor"])
  for (let one = Document.prototype; one !== null; one = Object.getPrototypeOf(one))
    for (const name of Object.getOwnPropertyNames(one)) names.add(name)
  for (const one of [Window.prototype, EventTarget.prototype])
    for (const name of Object.getOwnPropertyNames(one)) names.add(name)
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name) || /^(style|srcdoc|formaction|ping|background|xlink:href|dynsrc|lowsrc)$/i.test(name))
        note(element, name)
      // Browsers drop controls and blanks before they read a scheme.
      const address = [...value].filter((character) => character > " ").join("")
      const leads = /^(href|src|action|data|poster|cite|longdesc|srcset|manifest|codebase)$/i.test(name)
      if (leads && /^(?!https?:|mailto:|tel:)[a-z][a-z\d+.-]*:/i.test(address) && !isIcon(element)) note(element, name)
      if ((name === "id" || name === "name") && element.localName !== "meta" && names.has(value))
        note(element, "clobbering")
    }
    if ("protocol" in element && /^(javascript|vbscript|data|blob|file):$/.test(element.protocol))
      note(element, "protocol")
  }
  return found

  function isIcon(element) {
    return element.matches("head > link[rel=icon]") && element.getAttribute("href").startsWith("data:image/svg+xml,")
  }
}
