// The one script of a page: it reveals buttons that only some browsers can honour. Everything works without it.

const shareScript = `for(const b of document.querySelectorAll("button[data-do]")){const d=b.dataset,n=navigator,s=d.do=="share"
if(s?n.share:n.clipboard){b.hidden=false
b.onclick=()=>(s?n.share({title:document.title,url:d.text}):n.clipboard.writeText(d.from?document.getElementById(d.from).value:d.text).then(()=>{b.textContent=d.done})).catch(()=>{})}}`

/** Every script that a page may hold; the reader hashes them for the policy. */
export const inlineScripts: readonly [string] = [shareScript]
