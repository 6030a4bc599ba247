-- Whether the site's owner wrote it.
ALTER TABLE comments ADD COLUMN by_owner BOOLEAN NOT NULL DEFAULT FALSE;
-- The moment from which on the article takes no more comments; none: never.
ALTER TABLE articles ADD COLUMN closes_at BIGINT;
