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
