-- One person is one account, however an address is spelt (store/spellings.ts).

-- The rule that email_folded was made by (site/email.ts, foldingVersion).
ALTER TABLE members ADD COLUMN folding INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscribers ADD COLUMN folding INTEGER NOT NULL DEFAULT 0;
ALTER TABLE confirmations ADD COLUMN folding INTEGER NOT NULL DEFAULT 0;
CREATE INDEX members_by_folding ON members (folding);
CREATE INDEX subscribers_by_folding ON subscribers (folding);
CREATE INDEX confirmations_by_folding ON confirmations (folding);

-- Plain addresses fold to what is stored: only the others are left to the cron.
UPDATE members SET folding = 1 WHERE email_folded NOT GLOB '*[^a-z0-9@.+_-]*';
UPDATE subscribers SET folding = 1 WHERE email_folded NOT GLOB '*[^a-z0-9@.+_-]*';
UPDATE confirmations SET folding = 1 WHERE email_folded NOT GLOB '*[^a-z0-9@.+_-]*';

-- Accounts that were merged: their ids live on in Stripe's metadata, in requests under way, and in second private feeds.
CREATE TABLE former_members (
  id TEXT PRIMARY KEY,
  member TEXT NOT NULL,               -- the account that it is part of
  stripe_customer TEXT UNIQUE,        -- what the account had paid as
  revoked_at INTEGER,                 -- revoked, while the other was active: its payments stay under this id and do not count
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX former_members_by_member ON former_members (member);
CREATE INDEX former_members_by_time ON former_members (at);

-- Tokens in letters that were sent to a subscriber under another spelling.
CREATE TABLE former_tokens (
  token TEXT PRIMARY KEY,
  subscriber INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX former_tokens_by_subscriber ON former_tokens (subscriber);
