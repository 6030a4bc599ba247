-- Moments are milliseconds since 1970, UTC. Text is UTF-8 as typed.

CREATE TABLE articles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- As ArticlePath::as_str has it.
    path TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    -- The built page that carries the mark, relative to the built site; empty where there is no catalogue.
    page TEXT NOT NULL,
    -- Whether the site has the article now. Its comments outlive it.
    is_present BOOLEAN NOT NULL
);

CREATE TABLE comments (
    id TEXT PRIMARY KEY NOT NULL,
    article_id BIGINT NOT NULL REFERENCES articles (id),
    parent_id TEXT REFERENCES comments (id),
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'spam', 'deleted')),
    author TEXT NOT NULL,
    email TEXT,
    site TEXT,
    text TEXT NOT NULL,
    -- SHA-256 of the edit token: the token itself is the author's alone.
    edit_token_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX comments_by_article ON comments (article_id, status, created_at, id);
CREATE INDEX comments_by_status ON comments (status, created_at, id);

-- Which moderator's act made a comment what it is.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    comment_id TEXT NOT NULL REFERENCES comments (id),
    status TEXT NOT NULL,
    decided_at BIGINT NOT NULL
);

CREATE INDEX decisions_by_comment ON decisions (comment_id);

-- What must be written to the published tree. A row is there until its effect is on disk.
CREATE TABLE generation_work (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    article_id BIGINT NOT NULL REFERENCES articles (id)
);
