-- Who gets which letters (store/subscribers.ts). Whoever ends the last one is forgotten: no row stays.
CREATE TABLE subscribers (
  id INTEGER PRIMARY KEY,
  email TEXT NOT NULL,                -- as it was typed: where letters go
  email_folded TEXT NOT NULL UNIQUE,     -- in lower case: one row a person
  language TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,         -- 256 random bits: the authority of the link in every letter, so kept as it is
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE subscriptions (
  subscriber INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
  list TEXT NOT NULL CHECK (list IN ('headlines', 'digest')),
  since INTEGER NOT NULL,
  PRIMARY KEY (subscriber, list)
) STRICT, WITHOUT ROWID;
-- An edition goes through its list in this order.
CREATE INDEX subscriptions_by_list ON subscriptions (list, subscriber);

-- Who has asked for the headlines and not confirmed yet.
CREATE TABLE confirmations (
  token_hash TEXT PRIMARY KEY,        -- SHA-256: the token itself is in the letter alone
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL,
  language TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX confirmations_by_email ON confirmations (email_folded);
CREATE INDEX confirmations_by_time ON confirmations (expires_at);
