DROP INDEX proofs_by_expiry;
DROP INDEX messages_by_channel;
DROP INDEX bans_by_comment;
DROP INDEX comments_with_email;
DROP INDEX comments_with_network;
DROP TABLE clock;
DROP TABLE leases;
