-- A month's sitemap reads the index alone: its articles' rows lie anywhere in the table, each on a page of its own.

DROP INDEX articles_by_month;
CREATE INDEX articles_by_month ON articles (published_at, id, live, expires_at, revised_at, path, translation_group) WHERE live = 1;

-- Translations only: whether an article has any is asked for each line of a sitemap.
CREATE INDEX articles_translated ON articles (translation_group) WHERE translation_group <> path;
