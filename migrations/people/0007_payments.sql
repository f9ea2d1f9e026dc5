-- A purchase belongs to the member who was signed in, or to whoever claims it by mail (store/payments.ts).

ALTER TABLE payments ADD COLUMN live INTEGER NOT NULL DEFAULT 1;  -- 1: not ended at Stripe, which may charge it again
ALTER TABLE payments ADD COLUMN amount INTEGER;    -- what it charges, in Stripe's smallest unit; null: not known, or not one price
ALTER TABLE payments ADD COLUMN currency TEXT;     -- ISO 4217
ALTER TABLE payments ADD COLUMN interval TEXT;     -- month, year
UPDATE payments SET live = 0 WHERE until = 0;
CREATE INDEX payments_by_customer ON payments (customer);

-- Purchases that nobody was signed in for. Whoever opens the mailed link takes the subscription into their account.
CREATE TABLE claims (
  hash TEXT PRIMARY KEY,              -- SHA-256 of the token, which only the e-mail holds
  subscription TEXT NOT NULL,
  email TEXT NOT NULL,                -- as it was typed at Stripe
  email_folded TEXT NOT NULL,
  language TEXT NOT NULL,
  expires_at INTEGER NOT NULL         -- the end of what is paid
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_by_subscription ON claims (subscription);
CREATE INDEX claims_by_email ON claims (email_folded);
CREATE INDEX claims_by_expiry ON claims (expires_at);

-- The one Checkout that a member may have open.
CREATE TABLE checkouts (
  member TEXT PRIMARY KEY,
  key TEXT NOT NULL,                  -- idempotency key: however often it is asked for, Stripe opens one
  language TEXT NOT NULL,
  customer TEXT,
  url TEXT,                           -- null: Stripe has not answered yet
  opened_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX checkouts_by_time ON checkouts (opened_at);
