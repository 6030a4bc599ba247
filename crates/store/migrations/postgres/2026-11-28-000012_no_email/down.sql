ALTER TABLE comments ADD COLUMN email TEXT;
CREATE INDEX comments_with_email ON comments (id) WHERE email IS NOT NULL;
