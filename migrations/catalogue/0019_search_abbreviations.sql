-- Indexes every article again: U.N. as UN, Sana’a as Sanaa, and elisions and contractions too, so that phrases match
-- (src/store/fold.ts).

INSERT OR IGNORE INTO search_queue SELECT id FROM articles WHERE live = 1 AND kind = 'article';
