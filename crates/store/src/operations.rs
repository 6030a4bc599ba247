//! Operations that span several tables, and the queries that the other crates read with.

pub(crate) mod announcements;
pub(crate) mod author_changes;
pub(crate) mod ban;
pub(crate) mod catalogue;
pub(crate) mod clock_confirmation;
pub(crate) mod decide;
pub(crate) mod detail;
pub(crate) mod edit;
pub(crate) mod erase;
pub(crate) mod facts;
pub(crate) mod lead;
pub(crate) mod lists;
pub(crate) mod person;
pub(crate) mod published;
pub(crate) mod queue;
pub(crate) mod replay_samples;
pub(crate) mod retention;
pub(crate) mod submission;
pub(crate) mod threads;
pub(crate) mod training_samples;
