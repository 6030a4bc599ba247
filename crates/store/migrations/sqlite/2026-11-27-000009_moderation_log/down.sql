ALTER TABLE subscribers DROP COLUMN dismissed_at;
DROP TABLE moderation_log;
