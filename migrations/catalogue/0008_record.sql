-- The article record as one JSON value (src/article/article.ts). The columns beside it are those that queries use as keys, to
-- order and to filter. From now on summary, updated_at, access, gated, division and details are not read; a later release
-- drops them. '' is a record that could not be made: the row was damaged before.
ALTER TABLE articles ADD COLUMN record TEXT NOT NULL DEFAULT '';

CREATE VIEW article_records AS
SELECT id, json_object('path', path, 'language', language, 'region', region, 'country', country, 'title', title,
  'summary', summary, 'publishedAt', published_at, 'updatedAt', updated_at, 'expiresAt', expires_at, 'access', access,
  'gated', json(iif(gated, 'true', 'false')), 'division', division, 'topics', details -> '$.topics',
  'authors', details -> '$.authors', 'image', details -> '$.image', 'map', details -> '$.map',
  'words', details -> '$.words', 'rights', details -> '$.rights', 'corrections', details -> '$.corrections',
  'media', details -> '$.media') AS record
FROM articles WHERE json_valid(details);

UPDATE articles SET record = coalesce((SELECT r.record FROM article_records r WHERE r.id = articles.id), '');

-- Until the new Worker is deployed the old one writes the columns alone.
CREATE TRIGGER articles_record_insert AFTER INSERT ON articles WHEN NEW.record = ''
BEGIN
  UPDATE articles SET record = coalesce((SELECT r.record FROM article_records r WHERE r.id = NEW.id), '') WHERE id = NEW.id;
END;
CREATE TRIGGER articles_record_update AFTER UPDATE OF path, details ON articles
WHEN NEW.record IS OLD.record AND NEW.details <> '{}'
BEGIN
  UPDATE articles SET record = coalesce((SELECT r.record FROM article_records r WHERE r.id = NEW.id), '') WHERE id = NEW.id;
END;
