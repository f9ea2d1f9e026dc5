-- What Stripe has told us (store/payments.ts).

-- A member may have had several subscriptions; the one that lasts longest counts.
CREATE TABLE payments (
  subscription TEXT PRIMARY KEY,      -- Stripe's id, like the customer's
  customer TEXT NOT NULL,
  member TEXT NOT NULL,
  until INTEGER NOT NULL,             -- paid up to then, grace included; 0: it gives nothing
  cancels INTEGER NOT NULL,
  at INTEGER NOT NULL                 -- when Stripe said so
) STRICT, WITHOUT ROWID;
CREATE INDEX payments_by_member ON payments (member, until);

-- Events that were worked off, and letters that they have had sent: each once, however often Stripe tells.
CREATE TABLE stripe_done (
  key TEXT PRIMARY KEY,               -- `evt_…`; `welcome sub_…`, `failed in_…`
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stripe_done_by_time ON stripe_done (at);
