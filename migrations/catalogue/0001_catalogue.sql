-- What is published and what it was: the one mutable record of the site. Times are milliseconds since the epoch.

CREATE TABLE site (id TEXT NOT NULL, created_at INTEGER NOT NULL);
INSERT INTO site VALUES (lower(hex(randomblob(8))), CAST(unixepoch('subsec') * 1000 AS INTEGER));

CREATE TABLE articles (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  live INTEGER NOT NULL,              -- 1 until unpublished (410) or moved (301)
  digest TEXT NOT NULL,               -- SHA-256 of the file and its pictures' hashes
  language TEXT NOT NULL,
  region TEXT NOT NULL,
  country TEXT,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  published_at INTEGER,               -- null: unknown
  updated_at INTEGER,
  expires_at INTEGER,
  access TEXT NOT NULL,
  gated INTEGER NOT NULL,
  division TEXT NOT NULL,
  open_hash TEXT NOT NULL,            -- key in KV ARTICLES
  members_hash TEXT,                  -- key in KV MEMBERS_ARTICLES
  details TEXT NOT NULL,              -- JSON: topics, authors, image, map, words, rights, corrections, media
  translation_group TEXT NOT NULL,
  revised_at INTEGER NOT NULL,
  revised_by TEXT NOT NULL
) STRICT;
CREATE INDEX articles_by_group ON articles (translation_group, language);
CREATE INDEX articles_by_expiry ON articles (expires_at) WHERE expires_at IS NOT NULL AND live = 1;
CREATE INDEX articles_by_month ON articles (published_at, id) WHERE live = 1;

-- One row for each list that an article stands in: `en:/`, `en:/asia`, `en:/asia/tajikistan`, `en:/topics/water`.
CREATE TABLE listed (
  listing TEXT NOT NULL,
  at INTEGER NOT NULL,                -- published_at; unknown dates sort last
  article INTEGER NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (listing, at DESC, article DESC)
) STRICT, WITHOUT ROWID;
CREATE INDEX listed_by_article ON listed (article);
CREATE INDEX listed_by_expiry ON listed (listing, expires_at) WHERE expires_at IS NOT NULL;

-- Months that have articles, so that the sitemap's index never counts the whole catalogue.
CREATE TABLE months (month TEXT PRIMARY KEY, changed_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE revisions (
  path TEXT NOT NULL,
  revision INTEGER NOT NULL,
  action TEXT NOT NULL,               -- publish, unpublish, move, rollback
  digest TEXT NOT NULL,
  front TEXT NOT NULL,                -- front matter verbatim
  division TEXT NOT NULL,
  open_hash TEXT NOT NULL,
  members_hash TEXT,
  media TEXT NOT NULL,                -- JSON: picture address as written -> {sha256, extension, width, height}
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (path, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE redirects (
  path TEXT PRIMARY KEY,
  target INTEGER NOT NULL             -- articles.id
) STRICT, WITHOUT ROWID;
CREATE INDEX redirects_by_target ON redirects (target);

CREATE TABLE corrections (
  language TEXT NOT NULL,
  at INTEGER NOT NULL,
  article INTEGER NOT NULL,
  position INTEGER NOT NULL,
  date TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (language, at DESC, article, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX corrections_by_article ON corrections (article);

-- What the public may read, folded for search (store/search.ts); rowid = articles.id.
CREATE VIRTUAL TABLE search USING fts5 (
  title, summary, body, language UNINDEXED,
  tokenize = "unicode61 remove_diacritics 2"
);

CREATE TABLE media (sha256 TEXT PRIMARY KEY, extension TEXT NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Purges still owed to the edge's cache. `due_at` of the second purge is a minute later: for renders under way.
CREATE TABLE purges (
  id INTEGER PRIMARY KEY,
  tag TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  again INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX purges_due ON purges (due_at);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_time ON audit (at);

-- Compare-and-set: the first statement of a publishing batch inserts each path whose revision is not the expected one.
CREATE TABLE conflict_guard (path TEXT NOT NULL) STRICT;
CREATE TRIGGER conflict_guard_aborts BEFORE INSERT ON conflict_guard
BEGIN
  SELECT RAISE(ABORT, 'conflict');
END;
