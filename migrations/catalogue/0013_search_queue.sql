-- Articles whose index the cron writes again, because words of their language are folded differently now
-- (src/desk/reindex.ts): Russian is found by stems.

CREATE TABLE search_queue (id INTEGER PRIMARY KEY) STRICT;   -- id = articles.id
INSERT INTO search_queue SELECT id FROM articles WHERE live = 1 AND (language = 'ru' OR language LIKE 'ru-%');
