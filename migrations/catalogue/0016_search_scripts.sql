-- Indexes again what is folded differently now (src/store/fold.ts): Russian names in -ов and -ев, Oʻzbekiston and ʿAbd, and
-- each character of scripts without spaces, such as Thai and Chinese, by which any part of their texts is found.

INSERT OR IGNORE INTO search_queue
SELECT a.id FROM articles a LEFT JOIN search_text t ON t.id = a.id
WHERE a.live = 1 AND (a.language = 'ru' OR a.language LIKE 'ru-%'
  OR a.record GLOB '*[ʻ-ʿ฀-៿぀-鿿]*' OR t.body GLOB '*[ʻ-ʿ฀-៿぀-鿿]*');
