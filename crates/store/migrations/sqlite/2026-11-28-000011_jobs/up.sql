-- Work for receivers outside: mail, requests to webhooks, the owner's command. A row stays until its receiver has accepted it.
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- The receiver, which no other one waits for: 'mail', 'webhook NAME', 'on_change'.
    queue TEXT NOT NULL,
    -- 'pending', 'approved', 'confirm', 'reply', 'sign_in'; 'changed' for the owner's command.
    kind TEXT NOT NULL,
    -- The recipient of a mail: 'moderator NAME' or 'reader NUMBER'. The path of a changed article. Otherwise empty.
    subject TEXT NOT NULL,
    comment_id TEXT REFERENCES comments (id),
    created_at BIGINT NOT NULL,
    -- The time of the next attempt; of a claimed job, the end of the lease.
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- The token of the process that works on it. Jobs that were claimed together have the same.
    claim TEXT,
    -- The error of the last attempt.
    error TEXT
);
INSERT INTO jobs (id, queue, kind, subject, comment_id, created_at, due_at, attempts, claim, error)
    SELECT id, CASE WHEN channel LIKE 'webhook %' THEN channel ELSE 'mail' END, kind,
        CASE WHEN channel LIKE 'webhook %' THEN '' WHEN channel LIKE 'mail %' THEN 'moderator ' || substr(channel, 6) ELSE channel END,
        comment_id, created_at, due_at, attempts,
        CASE WHEN attempts > 0 AND error IS NULL THEN 'due ' || due_at END, error
    FROM messages;
DROP TABLE messages;
CREATE INDEX jobs_by_due ON jobs (queue, due_at);
CREATE INDEX jobs_by_subject ON jobs (queue, subject);
CREATE INDEX jobs_by_comment ON jobs (comment_id);
CREATE INDEX jobs_by_claim ON jobs (claim) WHERE claim IS NOT NULL;
