-- Editions of the newsletters (store/editions.ts). Each is planned once: every recipient and its web page get this.
CREATE TABLE editions (
  list TEXT NOT NULL CHECK (list IN ('headlines', 'digest')),
  date TEXT NOT NULL,                 -- yyyy-mm-dd, in the site's time zone
  language TEXT NOT NULL,
  planned_at INTEGER NOT NULL,        -- the next edition begins with what appeared after this
  planned_by TEXT NOT NULL,           -- cron, or the editor who sent it
  content TEXT NOT NULL,              -- JSON (src/article/edition.ts): what everyone may read
  members_hash TEXT,                  -- digest: key in KV MEMBERS_ARTICLES of the JSON that members get
  recipients_at INTEGER,              -- null: its recipients are not all in PEOPLE yet
  PRIMARY KEY (list, language, date)
) STRICT, WITHOUT ROWID;
CREATE INDEX editions_by_time ON editions (planned_at);
CREATE INDEX editions_unspread ON editions (planned_at) WHERE recipients_at IS NULL;

-- The newest date of each list on which nothing was sent because nothing was new: looked at once, at its hour.
CREATE TABLE skipped_editions (
  list TEXT NOT NULL,
  language TEXT NOT NULL,
  date TEXT NOT NULL,
  PRIMARY KEY (list, language)
) STRICT, WITHOUT ROWID;

-- When an article was new to readers: its first publication, or its date if that was later. Updates, moves and
-- unpublishing do not change it once it is past.
ALTER TABLE articles ADD COLUMN appeared_at INTEGER;
UPDATE articles SET appeared_at = max(coalesce(published_at, 0), coalesce(
  (SELECT r.at FROM revisions r WHERE r.path = articles.path ORDER BY r.revision LIMIT 1), revised_at));
CREATE INDEX articles_by_appearance ON articles (language, appeared_at, published_at, id, expires_at, live) WHERE live = 1;

-- Until the new Worker is deployed the old one does not write it.
CREATE TRIGGER articles_appear AFTER INSERT ON articles WHEN NEW.appeared_at IS NULL
BEGIN
  UPDATE articles SET appeared_at = max(NEW.revised_at, coalesce(NEW.published_at, 0)) WHERE id = NEW.id;
END;
