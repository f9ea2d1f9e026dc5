-- One row for each recipient of an edition (store/deliveries.ts). An edition's contents are in CATALOGUE.
CREATE TABLE deliveries (
  edition TEXT NOT NULL,              -- 'digest 2026-11-23 en'
  subscriber INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
  -- planned: not sent. claimed: a call to the provider is under way, or was cut: unknown after 15 minutes.
  state TEXT NOT NULL CHECK (state IN ('planned', 'claimed', 'accepted', 'failed', 'withdrawn')),
  at INTEGER NOT NULL,                -- when the state last changed
  queued_at INTEGER NOT NULL,         -- when it was last put into the queue; 0: never
  message TEXT,                       -- the provider's id of the message, which bounces name
  bounced INTEGER NOT NULL DEFAULT 0, -- 1: it came back, or was reported as spam
  PRIMARY KEY (edition, subscriber)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_subscriber ON deliveries (subscriber);
-- Who is not sent it yet: few rows, and none to rewrite once they are.
CREATE INDEX deliveries_planned ON deliveries (queued_at) WHERE state = 'planned';
CREATE INDEX deliveries_by_message ON deliveries (message) WHERE message IS NOT NULL;

-- Bounces and complaints end further editions until the address is confirmed again.
ALTER TABLE subscribers ADD COLUMN stopped_at INTEGER;
ALTER TABLE subscribers ADD COLUMN stopped_by TEXT;  -- bounce, complaint

-- Whether an edition in a language has any recipient is asked until it is planned.
CREATE INDEX subscribers_by_language ON subscribers (language);

-- Events of mail providers that were processed, each once (SNS message ids), for a day.
CREATE TABLE mail_events (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX mail_events_by_time ON mail_events (at);

-- Members from before the digest was sent get it too.
INSERT OR IGNORE INTO subscribers (email, email_folded, folding, language, token, created_at)
  SELECT email, email_folded, folding, language, lower(hex(randomblob(32))), CAST(unixepoch('subsec') * 1000 AS INTEGER)
  FROM members WHERE revoked_at IS NULL AND max(granted_until, paid_until) > unixepoch('subsec') * 1000;
INSERT OR IGNORE INTO subscriptions (subscriber, list, since)
  SELECT s.id, 'digest', CAST(unixepoch('subsec') * 1000 AS INTEGER)
  FROM members m JOIN subscribers s ON s.email_folded = m.email_folded
  WHERE m.revoked_at IS NULL AND max(m.granted_until, m.paid_until) > unixepoch('subsec') * 1000;
