-- People: private, backed up. Times are milliseconds since the epoch.

CREATE TABLE editors (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL CHECK (role IN ('editor', 'admin')),
  key_hash TEXT NOT NULL UNIQUE,      -- SHA-256 of the key, which is shown once and never kept
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
