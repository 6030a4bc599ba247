//! The tables: one file per table or family of queries. `rows.rs` reads columns into the model's types.

pub(crate) mod articles;
pub(crate) mod bans;
pub(crate) mod challenges;
pub(crate) mod clock;
pub(crate) mod comments;
pub(crate) mod decisions;
pub(crate) mod edits;
pub(crate) mod identity;
pub(crate) mod jobs;
pub(crate) mod moderation_log;
pub(crate) mod proofs;
pub(crate) mod rows;
pub(crate) mod secrets;
pub(crate) mod sessions;
pub(crate) mod subscribers;
pub(crate) mod work;
