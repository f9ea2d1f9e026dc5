-- One row for each request that a rate limit let through, for a day (store/rate-limits.ts). Replaces `attempts`, which the
-- next release drops.
CREATE TABLE rate_limits (
  key TEXT NOT NULL,                  -- `sign-in network:…`, `newsletter mailbox:…`: keyed hashes, never an address in clear
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX rate_limits_by_key ON rate_limits (key, at);
CREATE INDEX rate_limits_by_time ON rate_limits (at);
DELETE FROM attempts;
