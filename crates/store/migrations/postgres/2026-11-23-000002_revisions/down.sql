DROP INDEX articles_by_revision;
ALTER TABLE articles DROP COLUMN revision;
ALTER TABLE articles DROP COLUMN approved;
