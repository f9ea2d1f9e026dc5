-- Indexes every article again, with the names of its region and country (src/render/try-article.ts).

INSERT OR IGNORE INTO search_queue SELECT id FROM articles WHERE live = 1 AND kind = 'article';
