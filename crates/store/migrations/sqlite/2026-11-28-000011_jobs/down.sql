CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- Whom, and by which way: 'mail NAME' of a moderator, 'webhook NAME', 'reader NUMBER' of a subscriber.
    channel TEXT NOT NULL,
    -- 'pending', 'approved', 'confirm', 'reply', 'sign_in'
    kind TEXT NOT NULL,
    comment_id TEXT REFERENCES comments (id),
    created_at BIGINT NOT NULL,
    -- When it is tried next.
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- What the last attempt said.
    error TEXT
);
INSERT INTO messages (id, channel, kind, comment_id, created_at, due_at, attempts, error)
    SELECT id, CASE WHEN queue <> 'mail' THEN queue WHEN subject LIKE 'moderator %' THEN 'mail ' || substr(subject, 11) ELSE subject END,
        kind, comment_id, created_at, due_at, attempts, error
    FROM jobs WHERE queue = 'mail' OR queue LIKE 'webhook %';
DROP TABLE jobs;
CREATE INDEX messages_by_due ON messages (due_at);
CREATE INDEX messages_by_comment ON messages (comment_id);
CREATE INDEX messages_by_channel ON messages (channel, kind);
