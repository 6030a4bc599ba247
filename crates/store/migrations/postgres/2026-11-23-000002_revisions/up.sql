-- What a list page shows, kept with the article: counting all comments again at each decision would grow with the site.
ALTER TABLE articles ADD COLUMN approved BIGINT NOT NULL DEFAULT 0;
-- Each change of a count has a number of its own, one more than the last; an article has that of its last change, 0 where
-- there was none. There is one writer at a time, so these numbers come in the order of the commits.
ALTER TABLE articles ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

UPDATE articles SET approved = (SELECT COUNT(*) FROM comments WHERE article_id = articles.id AND status = 'approved');
UPDATE articles SET revision = id WHERE approved > 0;

CREATE INDEX articles_by_revision ON articles (revision);
