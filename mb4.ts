import { marked } from "marked"
import { parseArticle } from "./src/article/parse.ts"
import { renderArticlePage } from "./src/render/article-page.ts"
import { renderMarkdown } from "./src/render/markdown.ts"
import { config } from "./src/site/config.ts"
import { composeArticle } from "./bench/corpus.ts"
const site = { ...config, origin: "http://localhost:8787" } as any
const now = Date.UTC(2026, 10, 24)
const size=Number(process.argv[2]??1000)
const extra=process.argv[3]==="raw"?`\n\n<div class="note">An <b>author's</b> own <kbd>HTML</kbd></div>\n`:""
const source=composeArticle(7,size).source+extra
const { article } = parseArticle("asia/nepal/text.md", source, site) as any
const { path, language, region, country, front, publishedAt, updatedAt, expiresAt, division, words } = article
const label = (name: string) => ({ slug: name.toLowerCase().replaceAll(" ", "-"), name })
const entry = {path, language, region, country, title: front.title, summary: front.summary, publishedAt, updatedAt, words,access: front.access, gated: false, topics: front.topics.map(label), authors: front.authors.map(label),image: null, map: false}
const related = Array.from({ length: 4 }, (_, index) => ({ ...entry, path: `${path}-${index}` }))
const story:any={...entry,rights:null,corrections:[],media:{},card:null,revision:1,expiresAt,revisedAt:now,division,translations:[{language,path,title:front.title}],related}
const text=()=>renderMarkdown(article.open,{language:"en",media:{},site})
const html=await text()
function t(n:string,f:()=>any,k=20000){ for(let r=0;r<4;r++){const b=performance.now(); for(let i=0;i<k;i++)f(); if(r>1)console.log(n,((performance.now()-b)*1000/k).toFixed(1))}}
const enc=new TextEncoder()
t("marked",()=>marked(article.open)); t("text",text); t("frame",()=>renderArticlePage({story,html,audience:"public",full:true,now} as any,site))
t("page+encode",()=>enc.encode(renderArticlePage({story,html,audience:"public",full:true,now} as any,site)))
