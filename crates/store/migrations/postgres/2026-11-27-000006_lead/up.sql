-- What one process at a time may do. Whoever holds a lease renews it; another process takes it over once it has expired.
-- 'lead': removes rows of work (PostgreSQL). 'catalogue': applies departures of articles.
-- 'health': held by nobody; GET /health updates it to test that the database takes writes.
CREATE TABLE leases (
    name TEXT COLLATE "C" PRIMARY KEY,
    -- Random, one per holder; empty where nobody holds it.
    holder TEXT COLLATE "C" NOT NULL,
    -- By the database's clock.
    expires_at BIGINT NOT NULL
);
INSERT INTO leases (name, holder, expires_at) VALUES ('lead', '', 0), ('catalogue', '', 0), ('health', '', 0);

-- The newest moment at which the clock was believed; what is forgotten for good goes by a clock that is not far from it.
CREATE TABLE clock (
    id BIGINT PRIMARY KEY,
    known_at BIGINT NOT NULL
);
INSERT INTO clock (id, known_at) VALUES (1, 0);

-- What is looked for in transactions that write, and others wait for.
CREATE INDEX comments_with_network ON comments (created_at) WHERE network IS NOT NULL;
CREATE INDEX comments_with_email ON comments (id) WHERE email IS NOT NULL;
CREATE INDEX bans_by_comment ON bans (comment_id);
CREATE INDEX messages_by_channel ON messages (channel, kind);
CREATE INDEX proofs_by_expiry ON proofs (expires_at);
