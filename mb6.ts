import { parseArticle } from "./src/article/parse.ts"
import { renderArticlePage } from "./src/render/article-page.ts"
import { config } from "./src/site/config.ts"
import { composeArticle } from "./bench/corpus.ts"
const site = { ...config, origin: "http://localhost:8787" } as any
const now = Date.UTC(2026, 10, 24)
const source=composeArticle(7,1000).source
const { article } = parseArticle("asia/nepal/text.md", source, site) as any
const { path, language, region, country, front, publishedAt, updatedAt, expiresAt, division, words } = article
const label = (name: string) => ({ slug: name.toLowerCase().replaceAll(" ", "-"), name })
const entry = {path, language, region, country, title: front.title, summary: front.summary, publishedAt, updatedAt, words,access: front.access, gated: false, topics: front.topics.map(label), authors: front.authors.map(label),image: null, map: false}
const related = Array.from({ length: 4 }, (_, index) => ({ ...entry, path: `${path}-${index}` }))
const story:any={...entry,rights:null,corrections:[],media:{},card:null,revision:1,expiresAt,revisedAt:now,division,translations:[{language,path,title:front.title}],related}
const f=()=>renderArticlePage({story,html:"<p>x</p>",audience:"public",full:true,now} as any,site)
for(let r=0;r<5;r++){const b=performance.now(); for(let i=0;i<50000;i++)f(); console.log(((performance.now()-b)*1000/50000).toFixed(1))}
