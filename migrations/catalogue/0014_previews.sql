-- Secret links to articles that are not published (src/store/previews.ts). What they show, titles too, is only in KV
-- MEMBERS_ARTICLES, which deletes it when the link ends.

CREATE TABLE previews (
  token TEXT PRIMARY KEY,             -- SHA-256 of the link's token
  path TEXT NOT NULL,
  body TEXT NOT NULL,                 -- key in KV MEMBERS_ARTICLES
  who TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL         -- revoking a link sets it to now
) STRICT, WITHOUT ROWID;
CREATE INDEX previews_by_path ON previews (path, expires_at);
CREATE INDEX previews_by_expiry ON previews (expires_at, path);
