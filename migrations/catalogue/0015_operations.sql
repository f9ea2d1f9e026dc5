-- How pages were served, by day (UTC): a sample that isolates report at most once a minute (src/store/traffic.ts).
CREATE TABLE traffic (
  day TEXT PRIMARY KEY,               -- yyyy-mm-dd
  memory INTEGER NOT NULL,            -- from an isolate's memory
  edge INTEGER NOT NULL,              -- from the platform's cache
  rendered INTEGER NOT NULL,
  stale INTEGER NOT NULL,             -- from memory, because a store failed
  failed INTEGER NOT NULL             -- answered 5xx
) STRICT, WITHOUT ROWID;

-- What `dateline erase` has still to delete or rewrite (src/store/erase.ts).
CREATE TABLE erasures (
  path TEXT NOT NULL,                 -- the article
  store TEXT NOT NULL CHECK (store IN ('articles', 'members', 'media', 'edition')),
  key TEXT NOT NULL,                  -- the key in that KV namespace, or the edition's id
  PRIMARY KEY (path, store, key)
) STRICT, WITHOUT ROWID;
