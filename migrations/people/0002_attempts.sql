-- What is rate-limited: one row for each attempt that was let through, until it is too old to matter (store/attempts.ts).
CREATE TABLE attempts (
  key TEXT NOT NULL,                  -- `sign-in address:…`, `sign-in network:…`: hashes, never an address in clear
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX attempts_by_key ON attempts (key, at);
CREATE INDEX attempts_by_time ON attempts (at);
