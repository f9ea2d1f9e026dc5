-- Members, and what belongs to each of them. Whoever adds a table about people: store/personal-data.ts exports and deletes it.

-- A membership is what the newsroom granted or what was paid for, whichever lasts longer (store/members.ts).
CREATE TABLE members (
  id TEXT PRIMARY KEY,                -- random
  email TEXT NOT NULL,                -- as it was typed
  email_folded TEXT NOT NULL UNIQUE,  -- one person's spellings are one
  language TEXT NOT NULL,
  granted_until INTEGER NOT NULL DEFAULT 0,  -- the newsroom's grant; 8640000000000000: without end
  paid_until INTEGER NOT NULL DEFAULT 0,
  revoked_at INTEGER,                 -- the newsroom ended it: neither grant nor payment counts
  stripe_customer TEXT UNIQUE,
  stripe_subscription TEXT,
  cancels INTEGER NOT NULL DEFAULT 0, -- 1: the subscription ends with paid_until
  stripe_at INTEGER NOT NULL DEFAULT 0,  -- when Stripe's newest word on it was true: older words change nothing
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_subscription ON members (stripe_subscription);

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,                -- in the signed cookie
  member TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_member ON sessions (member);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- One-time links to sign in.
CREATE TABLE links (
  hash TEXT PRIMARY KEY,              -- SHA-256 of the token, which only the letter holds
  member TEXT NOT NULL,
  browser TEXT NOT NULL,              -- SHA-256 of the asking browser's nonce
  next TEXT NOT NULL,                 -- own path to go on to
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_member ON links (member);
CREATE INDEX links_by_expiry ON links (expires_at);

CREATE TABLE saved (
  member TEXT NOT NULL,
  path TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (member, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE gifts (
  id TEXT PRIMARY KEY,                -- in the signed token
  member TEXT NOT NULL,
  path TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX gifts_by_member ON gifts (member, created_at);
CREATE INDEX gifts_by_expiry ON gifts (expires_at);

-- A member's private feed. Its address is kept in clear, so that the account can show it: it opens texts, never the account.
CREATE TABLE private_feeds (
  token TEXT PRIMARY KEY,             -- 256 bits, hex
  member TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
