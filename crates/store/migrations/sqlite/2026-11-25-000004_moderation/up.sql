-- When an article was published, where its page says so.
ALTER TABLE articles ADD COLUMN dated_at BIGINT;

-- The check that held a comment, or called it spam; none: it was nobody's suspicion.
ALTER TABLE comments ADD COLUMN layer TEXT;
-- The network it came from, hashed with a key that is thrown away after some time: no address is kept.
ALTER TABLE comments ADD COLUMN network TEXT;
-- A hash of the secret that its author's browser keeps.
ALTER TABLE comments ADD COLUMN author_key TEXT;
-- A hash of its words alone: the same text again has the same.
ALTER TABLE comments ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
CREATE INDEX comments_by_author_key ON comments (author_key, status);
-- Whether a comment is answered.
CREATE INDEX comments_by_parent ON comments (parent_id);
CREATE INDEX comments_by_fingerprint ON comments (fingerprint, created_at);

-- Who decided, and by which way: 'command', 'web', 'mail', 'author'.
ALTER TABLE decisions ADD COLUMN moderator TEXT NOT NULL DEFAULT '';
ALTER TABLE decisions ADD COLUMN via TEXT NOT NULL DEFAULT 'command';

-- What a comment's text was before it was changed.
CREATE TABLE edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    comment_id TEXT NOT NULL REFERENCES comments (id),
    text TEXT NOT NULL,
    edited_at BIGINT NOT NULL,
    moderator TEXT NOT NULL,
    via TEXT NOT NULL
);
CREATE INDEX edits_by_comment ON edits (comment_id);

-- Whose comments are spam without being looked at: a network's, or those of one browser.
CREATE TABLE bans (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('network', 'author')),
    value TEXT NOT NULL,
    comment_id TEXT REFERENCES comments (id),
    banned_at BIGINT NOT NULL,
    moderator TEXT NOT NULL,
    via TEXT NOT NULL
);
CREATE INDEX bans_by_value ON bans (value, kind);

-- Keys of our own, each for one purpose; the newest one counts.
CREATE TABLE secrets (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    purpose TEXT NOT NULL,
    secret TEXT NOT NULL,
    drawn_at BIGINT NOT NULL
);

-- A moderator's browser. Of its cookie, a hash.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    moderator TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- A link that signs a moderator in, once.
CREATE TABLE sign_ins (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    moderator TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Readers who asked to be told of answers. Nobody stays here unconfirmed.
CREATE TABLE subscribers (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    asked_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    -- When a mail last went to it.
    mailed_at BIGINT,
    -- Mails in a row that could not be delivered.
    bounces BIGINT NOT NULL DEFAULT 0
);

-- Whom to tell of the answers to a comment.
CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    subscriber_id BIGINT NOT NULL REFERENCES subscribers (id),
    comment_id TEXT NOT NULL REFERENCES comments (id)
);
CREATE INDEX subscriptions_by_comment ON subscriptions (comment_id);
CREATE INDEX subscriptions_by_subscriber ON subscriptions (subscriber_id);

-- What is to be told to somebody outside. A row is there until it was taken over there.
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
CREATE INDEX messages_by_due ON messages (due_at);
CREATE INDEX messages_by_comment ON messages (comment_id);

-- What a reader's browser does some work on before it sends: published, and another one after some time.
CREATE TABLE challenges (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    challenge TEXT NOT NULL,
    drawn_at BIGINT NOT NULL
);

-- Work that was shown already: each counts once.
CREATE TABLE proofs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    proof TEXT NOT NULL UNIQUE,
    expires_at BIGINT NOT NULL
);
