-- The kind of content (src/article/kinds.ts): article, page, author, or a newsletter's note. From now on `live` is 0 or 1 for
-- every kind; the previous version wrote 2 for a live note. A later release replaces what it wrote.
ALTER TABLE articles ADD COLUMN kind TEXT NOT NULL DEFAULT 'article';
UPDATE articles SET kind = iif(path GLOB '*/digest/*', 'digest', 'headlines') WHERE region = '';

-- Until the new Worker is deployed the old one does not write it.
CREATE TRIGGER articles_kind AFTER INSERT ON articles WHEN NEW.live = 2
BEGIN
  UPDATE articles SET kind = iif(path GLOB '*/digest/*', 'digest', 'headlines') WHERE id = NEW.id;
END;

-- As articles_by_month and articles_by_appearance, for articles only; a later release drops those two.
CREATE INDEX articles_dated ON articles (published_at, id, kind, live, expires_at, revised_at, path, translation_group)
  WHERE live = 1 AND kind = 'article';
CREATE INDEX articles_appeared ON articles (language, appeared_at, published_at, id, expires_at, kind, live)
  WHERE live = 1 AND kind = 'article';

-- Static pages, for the sitemap.
CREATE INDEX articles_pages ON articles (path, live, kind, revised_at, translation_group) WHERE live = 1 AND kind = 'page';
