-- No address is stored beside a comment: `subscribers` holds those of readers who want to be notified of answers.
DROP INDEX comments_with_email;
ALTER TABLE comments DROP COLUMN email;
