-- 1: the desk has found no metadata in the picture's bytes (src/article/picture-parts.ts). 0: published before it looked.
ALTER TABLE media ADD COLUMN clean INTEGER NOT NULL DEFAULT 0;
CREATE INDEX media_unclean ON media (sha256) WHERE clean = 0;

-- Social cards are drawn by the command line: they carry a colour profile at most.
CREATE INDEX cards_by_src ON cards (src);
UPDATE media SET clean = 1 WHERE sha256 IN (SELECT substr(src, 8, 64) FROM cards);

-- Which articles name a picture in any of their revisions; article = articles.id.
CREATE TABLE media_uses (
  sha256 TEXT NOT NULL,
  article INTEGER NOT NULL,
  PRIMARY KEY (sha256, article)
) STRICT, WITHOUT ROWID;
INSERT INTO media_uses SELECT DISTINCT m.value ->> 'sha256', a.id
  FROM revisions r JOIN articles a ON a.path = r.path, json_each(r.media) m;
CREATE TRIGGER revisions_use_media AFTER INSERT ON revisions WHEN NEW.media <> '{}'
BEGIN
  INSERT OR IGNORE INTO media_uses SELECT m.value ->> 'sha256', a.id
    FROM json_each(NEW.media) m JOIN articles a ON a.path = NEW.path;
END;
