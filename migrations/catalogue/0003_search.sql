-- Search keeps the text as it is beside an index of folded words (store/fold.ts): excerpts are cut from the text itself.
-- What is indexed here is found by the old folding until it is published again.

CREATE TABLE search_text (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;   -- id = articles.id
CREATE TABLE search_old (id INTEGER PRIMARY KEY, title TEXT, summary TEXT, body TEXT);
INSERT INTO search_old SELECT rowid, title, summary, body FROM search;
INSERT INTO search_text SELECT id, body FROM search_old;
DROP TABLE search;

-- rowid = articles.id
CREATE VIRTUAL TABLE search USING fts5 (
  title, summary, body,
  content = '', contentless_delete = 1,
  tokenize = "unicode61 remove_diacritics 2"
);
INSERT INTO search (rowid, title, summary, body) SELECT id, title, summary, body FROM search_old;
DROP TABLE search_old;
