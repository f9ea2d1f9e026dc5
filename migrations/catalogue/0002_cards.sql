-- Social cards. A card stands for its article only while the title is the one that was drawn (store/cards.ts).

CREATE TABLE cards (
  path TEXT PRIMARY KEY,
  title TEXT NOT NULL,                -- as drawn
  drawn TEXT NOT NULL,                -- names all that was drawn and how: the command line compares it
  src TEXT NOT NULL                   -- /media/{sha256}.jpg
) STRICT, WITHOUT ROWID;
