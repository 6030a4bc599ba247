//! The tables, one file per table or family of queries.

pub(crate) mod articles;
pub(crate) mod bans;
pub(crate) mod challenges;
pub(crate) mod clock;
pub(crate) mod comments;
pub(crate) mod edits;
pub(crate) mod moderation_log;
pub(crate) mod outbox;
pub(crate) mod secrets;
pub(crate) mod sessions;
pub(crate) mod subscribers;
pub(crate) mod work;
