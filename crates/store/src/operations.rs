//! Operations that span several tables.

pub(crate) mod author_changes;
pub(crate) mod decide;
pub(crate) mod erase;
pub(crate) mod facts;
pub(crate) mod lead;
pub(crate) mod lists;
pub(crate) mod person;
pub(crate) mod published;
pub(crate) mod queue;
pub(crate) mod replay_samples;
pub(crate) mod retention;
pub(crate) mod training_samples;
