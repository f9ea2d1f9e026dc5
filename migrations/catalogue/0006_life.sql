-- Which article stands at an address: another one that is published after an unpublish keeps the row and gets a new `life`;
-- a revision that comes back brings its own. Random, so that a rebuilt catalogue never repeats one. '': from before this.
ALTER TABLE articles ADD COLUMN life TEXT NOT NULL DEFAULT '';
ALTER TABLE revisions ADD COLUMN life TEXT NOT NULL DEFAULT '';
