-- What was done to comments besides decisions and edits, which have tables of their own. A ban that was lifted keeps its line here.
CREATE TABLE moderation_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('replied', 'banned', 'unbanned')),
    -- An answer names itself. NULL: the comment was removed since.
    comment_id TEXT REFERENCES comments (id),
    done_at BIGINT NOT NULL,
    moderator TEXT NOT NULL,
    via TEXT NOT NULL
);
CREATE INDEX moderation_log_by_comment ON moderation_log (comment_id);
INSERT INTO moderation_log (act, comment_id, done_at, moderator, via)
    SELECT DISTINCT 'banned', comment_id, banned_at, moderator, via FROM bans ORDER BY banned_at;

-- When the last comment of a subscriber who has not confirmed was declined; the address goes some time later, so that the decision can be undone.
ALTER TABLE subscribers ADD COLUMN dismissed_at BIGINT;
