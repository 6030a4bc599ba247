-- Rows of work say what this published tree lacks, and say nothing about any other. Empty: what they say is about no tree.
ALTER TABLE identity ADD COLUMN tree TEXT NOT NULL DEFAULT '';
