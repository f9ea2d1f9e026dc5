import { startWorkers } from "./bench/workers.ts"
import { findPort } from "./bench/site.ts"
const script=`
const one="abcdefghij klmnopq ".repeat(1160).slice(0,22000)
const two=one.slice(0,21000)+"\u2019"+one.slice(0,1000)
const style=one.slice(0,8500), styleBytes=new TextEncoder().encode(style)
const enc=new TextEncoder()
let sink=0
const flat=(s)=>{ s.charCodeAt(s.length-1); return s}
function cons(s){ let m=""; for(let i=0;i<s.length;i+=100) m+=s.slice(i,i+100); return m}

const bytes=enc.encode(two), small=bytes.slice(0,4000)
const rec={}; for(let i=0;i<15;i++) rec["X-Header-"+i]="value value value "+i
const H=new Headers(rec)
const tests={
 empty(){sink+=1},
 timer(){clearTimeout(setTimeout(()=>{},1400))},
 async deadline(){ let t; const e=new Promise((_,r)=>{t=setTimeout(()=>r(1),1400)}); try{ await Promise.race([Promise.resolve(1),e]) } finally{clearTimeout(t)} },
 async nothing(){ await Promise.resolve(1) },
 request(){ sink+=new Request("http://localhost:8787/asia/nepal/text").url.length },
 async response(){ const r=new Response(bytes,{status:200,headers:H}); sink+=(await r.arrayBuffer()).byteLength },
 responseOnly(){ new Response(bytes,{status:200,headers:H}) },
 headersRec(){ new Headers(rec) },
 headersCopy(){ new Headers(H) },
 headersEdit(){ const h=new Headers(H); for(let i=0;i<5;i++) h.delete("X-Header-"+i); for(let i=0;i<6;i++) h.set("Y-"+i,"v") },
 headersCopyOnly5get(){ for(let i=0;i<5;i++) H.get("X-Header-"+i) },
 async digest22(){ await crypto.subtle.digest("SHA-256",bytes) },
 async digest4(){ await crypto.subtle.digest("SHA-256",small) },
 async digest0(){ await crypto.subtle.digest("SHA-256",small.subarray(0,8)) },
 hex(){ new Uint8Array(32).toHex() },
 decode4(){ sink+=new TextDecoder("utf-8",{ignoreBOM:true}).decode(small).length },
 utc(){ new Date(Date.now()).toUTCString() },
}
export default { async fetch(r){ const u=new URL(r.url); const f=tests[u.pathname.slice(1)]; const n=+u.searchParams.get("n"); for(let i=0;i<n;i++) await f(); return new Response(String(sink)) } }
`
const port=await findPort()
const mf=await startWorkers([{name:"e",port,modules:[{path:"w.js",contents:script}]}] as any)
for(const t of ["empty","nothing","timer","deadline","request","response","responseOnly","headersRec","headersCopy","headersEdit","headersCopyOnly5get","digest22","digest4","digest0","hex","decode4","utc"]){
  let best=1e9
  for(let r=0;r<7;r++){const b=performance.now(); await (await fetch(`http://127.0.0.1:${port}/${t}?n=5000`)).text(); best=Math.min(best,(performance.now()-b)*1000/5000)}
  console.log(t,best.toFixed(1),"µs")
}
await mf.dispose()
