-- The purge outbox, with ids that are never used twice (AUTOINCREMENT): a flush deletes what it read by id, and a slow
-- one must not delete a purge that was enqueued under a reused id meanwhile (store/purges.ts).

CREATE TABLE purge_outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tag TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  again INTEGER NOT NULL DEFAULT 1    -- 1: purge once more a minute later, for renders that were under way
) STRICT;
CREATE INDEX purge_outbox_due ON purge_outbox (due_at);
INSERT INTO purge_outbox (id, tag, due_at, again) SELECT id, tag, due_at, again FROM purges;

-- Until the new Worker is deployed the old one writes to `purges`: copy what it enqueues. A later release drops the table.
CREATE TRIGGER purges_to_outbox AFTER INSERT ON purges
BEGIN
  INSERT INTO purge_outbox (tag, due_at, again) VALUES (NEW.tag, NEW.due_at, NEW.again);
END;
