-- A gift opens the article that was given, not what later stands at its address.
-- `article` is its id in the catalogue, `articles.id || '.' || articles.life`; '' when that could not be found any more.
-- NULL: made before ids were kept; store/gifts.ts finds and stores the id when the gift is first used or listed.
ALTER TABLE gifts ADD COLUMN article TEXT;
