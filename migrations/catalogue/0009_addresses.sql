-- What must hold between articles is checked in the transaction that would break it: inserting the problems aborts it.
CREATE TABLE rule_guard (problems TEXT NOT NULL) STRICT;
CREATE TRIGGER rule_guard_aborts BEFORE INSERT ON rule_guard
BEGIN
  SELECT RAISE(ABORT, 'rules ' || NEW.problems);
END;

-- Addresses that articles have moved away from, each with the highest revision that stood there: revisions at an address
-- only grow, whatever leads away from it later.
CREATE TABLE former_paths (path TEXT PRIMARY KEY, revision INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO former_paths SELECT r.path, t.revision FROM redirects r JOIN articles t ON t.id = r.target
  WHERE r.path IN (SELECT substr(subject, 1, instr(subject, ' ') - 1) FROM audit WHERE action = 'move');

-- The aliases that the front matter of live articles lists now. `redirects` also keeps those that it no longer lists.
CREATE TABLE aliases (path TEXT PRIMARY KEY, article INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_by_article ON aliases (article);
INSERT INTO aliases SELECT r.path, r.target FROM redirects r JOIN articles t ON t.id = r.target
  WHERE t.live = 1 AND r.path NOT IN (SELECT path FROM former_paths);

-- Triggers, so that moves and unpublishes of the earlier Worker are recorded too, until the new one is deployed.
CREATE TRIGGER articles_leave_paths AFTER UPDATE OF path ON articles WHEN NEW.path <> OLD.path
BEGIN
  INSERT INTO former_paths VALUES (OLD.path, NEW.revision)
    ON CONFLICT (path) DO UPDATE SET revision = max(revision, excluded.revision);
END;
CREATE TRIGGER articles_leave_aliases AFTER UPDATE OF live ON articles WHEN NEW.live = 0
BEGIN
  DELETE FROM aliases WHERE article = NEW.id;
END;

-- A body that a revision names is in KV, and is not written again.
CREATE INDEX revisions_by_open ON revisions (open_hash);
CREATE INDEX revisions_by_members ON revisions (members_hash) WHERE members_hash IS NOT NULL;

-- A month's sitemap has parts of 50,000 ids.
INSERT OR IGNORE INTO months SELECT strftime('%Y-%m', published_at / 1000.0, 'unixepoch') || '-' || (id / 50000 + 1), max(revised_at)
  FROM articles WHERE live = 1 AND published_at IS NOT NULL AND id >= 50000 GROUP BY 1;
