ALTER TABLE articles DROP COLUMN closes_at;
ALTER TABLE comments DROP COLUMN by_owner;
