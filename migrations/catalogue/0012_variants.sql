-- Smaller files of pictures for pages (src/store/media.ts), by the picture that articles name. They belong to no
-- revision: new widths change pages without publishing anything again.
CREATE TABLE variants (
  sha256 TEXT PRIMARY KEY,
  version INTEGER NOT NULL,           -- of the widths and formats; 0: none were made yet
  files TEXT NOT NULL                 -- JSON: [{src, width}], as in an article's record
) STRICT, WITHOUT ROWID;
CREATE INDEX variants_by_version ON variants (version);

INSERT INTO variants SELECT DISTINCT sha256, 0, '[]' FROM media_uses;
CREATE TRIGGER media_uses_need_variants AFTER INSERT ON media_uses
BEGIN
  INSERT OR IGNORE INTO variants VALUES (NEW.sha256, 0, '[]');
END;
